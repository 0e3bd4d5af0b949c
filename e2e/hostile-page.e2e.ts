import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from '../test-support/scripted-backend.ts'
import { environmentFor, expect, test } from './support/app.ts'

test('a page that was taken over reaches nobody by a call between browsers', async ({ machine, backend }) => {
  const heard: string[] = []
  const packets = createSocket('udp4', () => heard.push('udp'))
  packets.bind(0, '127.0.0.1')
  await once(packets, 'listening')
  const lines = createServer(() => heard.push('tcp')).listen(0, '127.0.0.1')
  await once(lines, 'listening')
  const address = lines.address()
  const tcp = typeof address === 'object' && address ? address.port : 0
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await page.evaluate(
    async (servers) => {
      const call = new RTCPeerConnection({ iceServers: servers })
      call.createDataChannel('out')
      await call.setLocalDescription(await call.createOffer())
      if (call.iceGatheringState !== 'complete')
        await new Promise<void>((resolve) => {
          call.onicegatheringstatechange = () => call.iceGatheringState === 'complete' && resolve()
        })
    },
    [
      { urls: `stun:127.0.0.1:${packets.address().port}` },
      { urls: `turn:127.0.0.1:${tcp}?transport=tcp`, username: 'a', credential: 'b' },
    ],
  )
  packets.close()
  lines.close()
  expect(heard).toEqual([])
})

test('an empty page in the place of the app does not stay', async ({ machine, backend }) => {
  const { page } = await machine.launch({ env: environmentFor(backend) })
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
  await page.evaluate(() => {
    location.href = 'about:blank'
  })
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
  expect(page.url()).toContain('app://claw')
})

test('no file is saved and no link is opened that nobody clicked', async ({ machine, backend }) => {
  backend.script(text('See [the page](https://example.com/).'))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  const acts = await app.evaluateHandle(({ shell, session }) => {
    const seen: string[] = []
    shell.openExternal = async (url) => void seen.push(url)
    session.defaultSession.on('will-download', (event) => seen.push(event.defaultPrevented ? 'refused' : 'saved'))
    return seen
  })
  const seen = () => acts.jsonValue()
  await page.getByRole('textbox', { name: 'Message' }).fill('Where?')
  await page.getByRole('button', { name: 'Send' }).click()
  const link = page.getByRole('link', { name: 'the page' })
  await link.click()
  await expect.poll(seen).toEqual(['https://example.com/'])
  await page.evaluate(async () => {
    for (let time = 0; time < 20; time++) {
      window.open('https://example.com/again')
      await window.claw.request('link.open', { url: 'https://example.com/again' })
    }
    const save = document.createElement('a')
    save.href = 'data:application/octet-stream,x'
    save.download = 'x.bin'
    save.click()
  })
  await expect.poll(seen).toEqual(['https://example.com/', 'refused'])
})

test('where nothing opens links, that is said in words', async ({ machine, backend }) => {
  backend.script(text('See [the page](https://example.com/).'))
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  await app.evaluate(({ shell }) => {
    shell.openExternal = () => Promise.reject(new Error('xdg-open is missing'))
  })
  await page.getByRole('textbox', { name: 'Message' }).fill('Where?')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('link', { name: 'the page' }).click()
  await expect(page.getByText('No program on this computer opens https://example.com/.')).toBeVisible()
})

test('the page is made larger by the key that carries the plus', async ({ machine, backend }) => {
  const { app } = await machine.launch({ env: environmentFor(backend) })
  const keys = await app.evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? [])
      .flatMap(({ submenu }) => submenu?.items ?? [])
      .filter(({ role }) => role?.toLowerCase() === 'zoomin')
      .map(({ accelerator }) => accelerator ?? 'of the role'),
  )
  expect(keys).toEqual(['of the role', 'CommandOrControl+='])
})

test('a second start with endless words harms nobody', async ({ machine, backend }) => {
  const { app, page } = await machine.launch({ env: environmentFor(backend) })
  const binary = await app.evaluate(({ app: own }) => own.getPath('exe'))
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '.', 'x'.repeat(50_000)]
  const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
    const env = { ...process.env, HOME: machine.home, CLAW_HOME: machine.home }
    execFile(binary, args, { env }, (error, _output, errors) => resolve({ code: error?.code ?? 0, said: errors }))
  })
  expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining('far too many words') })
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
})
