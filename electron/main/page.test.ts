import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONTENT_SECURITY_POLICY, servePage } from './page.ts'

let outside: string
let folder: string

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'claw-page-'))
  folder = join(outside, 'renderer')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await mkdir(join(outside, 'renderer-other'))
  await writeFile(join(folder, 'index.html'), '<p>page</p>')
  await writeFile(join(folder, 'assets', 'index.js'), 'start()')
  await writeFile(join(folder, 'assets', 'notes.txt'), 'not for the page')
  await writeFile(join(outside, 'secret.json'), '{}')
  await writeFile(join(outside, 'renderer-other', 'secret.json'), '{}')
})
afterAll(() => rm(outside, { recursive: true }))

async function get(url: string, method = 'GET') {
  const response = await servePage(folder, { url, method })
  return [response.status, response.headers.get('content-type'), await response.text()]
}

const missing = [404, 'text/plain;charset=UTF-8', 'Not found']

describe('the page', () => {
  it.each([
    ['app://claw/', 'text/html; charset=utf-8', '<p>page</p>'],
    ['app://claw/index.html', 'text/html; charset=utf-8', '<p>page</p>'],
    ['app://claw/assets/index.js?v=1#top', 'text/javascript; charset=utf-8', 'start()'],
  ])('%s is served', async (url, type, text) => {
    expect(await get(url)).toEqual([200, type, text])
  })

  it.each([
    'app://claw/../secret.json',
    'app://claw/%2e%2e/secret.json',
    'app://claw/..%2fsecret.json',
    'app://claw/assets/..%2f..%2fsecret.json',
    'app://claw/..%5csecret.json',
    'app://claw/..%2frenderer-other%2fsecret.json',
    'app://claw//etc/passwd',
    'app://claw/%00.html',
    'app://claw/%ff.html',
    'app://claw/assets',
    'app://claw/assets/notes.txt',
    'app://claw/missing.js',
    'app://other/index.html',
    'https://claw/index.html',
    'index.html',
  ])('%s is not found', async (url) => {
    expect(await get(url)).toEqual(missing)
  })

  it('is only read', async () => {
    expect(await get('app://claw/', 'POST')).toEqual(missing)
  })

  it('comes with a policy that lets it reach nothing', async () => {
    const { headers } = await servePage(folder, { url: 'app://claw/', method: 'GET' })
    expect(headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|https?:/)
  })
})
