import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createWorld } from './support/world.ts'

test('the built program asks a proxy for the way to a server elsewhere', async () => {
  const proxy = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void proxy.close())
  await once(proxy, 'listening')
  const asked = new Promise((resolve) => {
    proxy.on('connect', ({ url }, socket) => {
      // Whoever asked is ended with the test, in the middle of its next try.
      socket.on('error', () => undefined).end('HTTP/1.1 403 Forbidden\r\n\r\n')
      resolve(url)
    })
  })
  const world = await createWorld()
  const { port } = proxy.address() as AddressInfo
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, OPENAI_BASE_URL: 'https://model.example/v1' }
  const { exit, side } = world.start(['agent', 'Hi'], { env })
  const ended = exit.then((code) => `ended with ${code}: ${side.text}`)
  expect(await Promise.race([asked, ended])).toBe('model.example:443')
})
