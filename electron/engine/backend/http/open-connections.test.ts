import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ScriptedBackend, startScriptedBackend } from '../../../../test-support/scripted-backend.ts'
import { testCertificate, testCertificateKey } from '../../../../test-support/test-certificate.ts'
import { testProfile } from '../../../../test-support/test-profile.ts'
import { createBackend } from '../client.ts'

let backend: ScriptedBackend
let proxy: Server
/** The hosts that the proxy was asked to connect to. */
let asked: string[]
beforeEach(async () => {
  backend = await startScriptedBackend({ models: ['a'] })
  asked = []
  proxy = createServer()
  // Whatever host is asked for, the scripted backend answers.
  proxy.on('connect', (request, client) => {
    asked.push(request.url ?? '')
    const upstream = connect(Number(new URL(backend.baseUrl).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await backend.close()
  proxy.close()
})

async function list(baseUrl: string, noProxy?: string, variable = 'HTTP_PROXY'): Promise<string[]> {
  const address = proxy.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const client = createBackend({
    profile: testProfile(baseUrl, { plainHttp: true }),
    key: null,
    env: { [variable]: `http://127.0.0.1:${port}`, NO_PROXY: noProxy },
  })
  try {
    return (await client.listModels(AbortSignal.timeout(5000))).map(({ id }) => id)
  } finally {
    await client.close()
  }
}

it('goes through the proxy to a public host, never to one of its own', async () => {
  const models = [await list('http://models.invalid/v1'), await list(backend.baseUrl)]
  expect([models, asked]).toEqual([[['a'], ['a']], ['models.invalid:80']])
})

it('a client that was closed before it asked anything asks nothing any more', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null, env: {} })
  await client.close()
  await expect(client.listModels(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'transport' })
  expect(backend.requests).toEqual([])
})

it.each(['HTTPS_PROXY', 'https_proxy'])(
  'a secure server goes through %s, and is spoken to through a tunnel',
  async (name) => {
    // What answers behind the tunnel does not speak TLS, and the key would not be shown to it.
    await expect(list('https://models.invalid/v1', undefined, name)).rejects.toMatchObject({ code: 'unreachable' })
    expect(asked).toEqual(['models.invalid:443'])
    expect(backend.requests).toEqual([])
  },
)

it('leaves out what NO_PROXY names', async () => {
  await expect(list('http://models.invalid/v1', 'models.invalid')).rejects.toMatchObject({ code: 'unreachable' })
  expect(asked).toEqual([])
})

it('trusts the authority of the profile, and nobody that is not known', async () => {
  const server = createTlsServer({ cert: testCertificate, key: testCertificateKey }, (_request, response) => {
    response.end('{"data":[{"id":"a"}]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const ask = async (ca?: string) => {
    const profile = testProfile(`https://127.0.0.1:${port}/v1`)
    const client = createBackend({ profile, key: null, ...(ca && { ca }) })
    try {
      return (await client.listModels(AbortSignal.timeout(5000))).map(({ id }) => id)
    } catch (error) {
      return error instanceof Error ? error.message : error
    } finally {
      await client.close()
    }
  }
  try {
    expect([await ask(testCertificate), await ask()]).toEqual([
      ['a'],
      expect.stringContaining('CA file of the profile'),
    ])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

it('says of a proxy whose address is no URL what is wrong with it, and not its password', async () => {
  const client = createBackend({
    profile: testProfile('http://models.example.com/v1', { plainHttp: true }),
    key: null,
    env: { HTTP_PROXY: '::me:secret@bad' },
  })
  await expect(client.listModels(AbortSignal.timeout(5_000))).rejects.toMatchObject({
    failure: { code: 'invalid-input', retryable: false, message: expect.stringContaining('"…@bad", is not a URL') },
  })
  await client.close()
})
