import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FailureError } from '#shared/failure.ts'
import { defaultSettings } from '#shared/settings/default-settings.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { SettingsStore } from './settings-store.ts'

let folder: string
const stores: SettingsStore[] = []

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'claw-settings-')), 'data')
})

afterEach(async () => {
  for (const store of stores.splice(0)) store.close()
  await rm(join(folder, '..'), { recursive: true, force: true })
})

async function open(): Promise<SettingsStore> {
  const store = await SettingsStore.open({
    dataFolder: folder,
    openConf: async (options) => new Conf(options),
    clock: { now: () => Date.UTC(2026, 10, 24, 3, 4, 5) },
  })
  stores.push(store)
  return store
}

const file = () => join(folder, 'settings.json')
const onDisk = async (): Promise<unknown> => JSON.parse(await readFile(file(), 'utf8'))
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

async function write(text: string): Promise<void> {
  await open()
  await writeFile(file(), text)
}

const dark = (settings: Settings): Settings => ({ ...settings, theme: 'dark' })

describe('the settings file', () => {
  it('is not written before something changes', async () => {
    const store = await open()
    expect([store.get(), store.notice, await readdir(folder)]).toEqual([defaultSettings, null, []])
  })

  it('keeps a change for the next start, private to the user', async () => {
    await (await open()).update(dark)
    expect((await open()).get()).toEqual({ ...defaultSettings, theme: 'dark' })
    expect([await mode(folder), await mode(file())]).toEqual(['700', '600'])
  })

  it('tells listeners about a change, and only about a change', async () => {
    const store = await open()
    const seen: string[] = []
    store.onChange(({ theme }) => seen.push(theme))
    await store.update(dark)
    await store.update(dark)
    expect(seen).toEqual(['dark'])
  })

  it('fills in a setting that the file does not have yet', async () => {
    await write('{"version":1,"theme":"light"}')
    expect((await open()).get()).toEqual({ ...defaultSettings, theme: 'light' })
  })

  it.each([
    ['is cut off', '{"version":1,"theme":'],
    ['is empty', ''],
    ['holds a list', '[]'],
    ['has no version', '{}'],
    ['has a value that does not fit', '{"version":1,"theme":"purple"}'],
  ])('is set aside and said when it %s', async (_what, text) => {
    await write(text)
    const store = await open()
    await store.update(dark)
    const aside = 'settings.corrupt-2026-11-24T03-04-05.000Z.json'
    expect(store.notice).toEqual({
      id: 'settings-corrupt',
      title: 'The settings could not be read',
      message: `Defaults are used. The old file is kept in the data folder as ${aside}.`,
    })
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text)
    expect(await onDisk()).toEqual({ ...defaultSettings, theme: 'dark' })
  })

  it('of a newer app is left untouched, and changes last until the end', async () => {
    const newer = '{"version":2,"theme":"light","holograms":true}'
    await write(newer)
    const store = await open()
    await store.update(dark)
    expect([store.notice?.id, store.get().theme, await readFile(file(), 'utf8')]).toEqual([
      'settings-newer',
      'dark',
      newer,
    ])
  })

  it('holds the changes of two processes', async () => {
    const [window, terminal] = [await open(), await open()]
    await window.update(dark)
    await terminal.update((settings) => ({ ...settings, lastFolder: '/project' }))
    await window.update((settings) => ({ ...settings, contrast: 'more' }))
    const both = { ...defaultSettings, theme: 'dark', lastFolder: '/project', contrast: 'more' }
    expect([window.get(), await onDisk()]).toEqual([both, both])
  })

  it('is followed when another process changes it', async () => {
    const [window, terminal] = [await open(), await open()]
    const changed = new Promise<Settings>((resolve) => window.onChange(resolve))
    window.watch()
    await terminal.update(dark)
    expect((await changed).theme).toBe('dark')
  })

  it('is followed when an older app changes it, which knows no limits', async () => {
    const window = await open()
    const changed = new Promise<Settings>((resolve) => window.onChange(resolve))
    window.watch()
    const { limits: _limits, ...older } = defaultSettings
    await write(JSON.stringify({ ...older, theme: 'dark' }))
    expect(await changed).toEqual({ ...defaultSettings, theme: 'dark' })
  })

  it('says in words that the disk refuses', async () => {
    await write('{"version":1}')
    const store = await SettingsStore.open({
      dataFolder: folder,
      openConf: async () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      },
      clock: { now: () => 0 },
    })
    const refused = await store.update(dark).catch((error: unknown) => error)
    expect(refused instanceof FailureError && refused.failure).toEqual({
      code: 'storage',
      message: expect.stringContaining('the disk is full'),
      retryable: true,
    })
  })
})
