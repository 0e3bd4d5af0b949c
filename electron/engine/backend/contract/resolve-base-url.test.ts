import { expect, it } from 'vitest'
import { BackendError } from './backend-error.ts'
import { isLocalHost, resolveBaseUrl } from './resolve-base-url.ts'

it.each([
  ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
  [' http://localhost:8000/v1/ ', 'http://localhost:8000/v1'],
  ['http://localhost:8000', 'http://localhost:8000'],
  ['https://api.example.com/v1//', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/models/', 'https://api.example.com/v1'],
  ['http://api.example.com/v1', 'https://api.example.com/v1'],
  ['HTTP://API.Example.com:8080/v1', 'https://api.example.com:8080/v1'],
  ['http://10.0.0.5:8000/v1', 'http://10.0.0.5:8000/v1'],
  ['http://gpu.local/v1', 'http://gpu.local/v1'],
])('%s means %s', (text, expected) => {
  expect(resolveBaseUrl(text).base).toBe(expected)
})

it('keeps a query, says what it changed, and leaves http where the profile says so', () => {
  expect([
    resolveBaseUrl('http://models.example.com/openai?api-version=1'),
    resolveBaseUrl('http://models.example.com/v1', { plainHttp: true }),
  ]).toEqual([
    { base: 'https://models.example.com/openai', query: '?api-version=1', upgraded: true },
    { base: 'http://models.example.com/v1', query: '', upgraded: false },
  ])
})

it.each(['', 'localhost:8000/v1', 'not a url', 'ftp://host/v1', '/v1'])('%j is no web address', (text) => {
  expect(() => resolveBaseUrl(text)).toThrow(BackendError)
  expect(() => resolveBaseUrl(text)).toThrow('is not a web address. It has to look like http://127.0.0.1:8000/v1.')
})

it('knows which hosts no certificate is signed for', () => {
  const hosts = {
    local: [
      'localhost',
      'app.localhost',
      '127.0.0.1',
      '127.9.9.9',
      '[::1]',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.1.1',
      '[fe80::1]',
      '[fd00::1]',
      '[::ffff:127.0.0.1]',
      'gpu.local',
      'gpu.local.',
      'gpu-box',
      'host.docker.internal',
      '0.0.0.0',
      '2130706433',
    ],
    public: [
      'example.com',
      '8.8.8.8',
      '172.32.0.1',
      '172.15.0.1',
      '192.169.0.1',
      '11.0.0.1',
      '[2001:db8::1]',
      '[::ffff:8.8.8.8]',
      '127.0.0.1.example.com',
      'localhost.example.com',
      'local.example',
    ],
  }
  const isLocal = (host: string) => isLocalHost(new URL(`http://${host}/`).hostname)
  expect({ local: hosts.local.filter((host) => !isLocal(host)), public: hosts.public.filter(isLocal) }).toEqual({
    local: [],
    public: [],
  })
})
