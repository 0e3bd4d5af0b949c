import { expect, it } from 'vitest'
import { resolveBaseUrl } from '../contract/resolve-base-url.ts'
import type { Server } from '../contract/server.ts'
import { transportError } from './transport-error.ts'

const server: Server = {
  name: 'Test',
  model: 'm',
  kind: 'custom',
  address: resolveBaseUrl('https://models.example.com/v1'),
  key: null,
}

const coded = (code: string) => Object.assign(new Error('x'), { code })

it.each([
  ['refused', coded('ECONNREFUSED'), false, 'unreachable', 'Nothing answers at https://models.example.com/v1.'],
  ['refused on every address', new AggregateError([coded('ECONNREFUSED')]), false, 'unreachable', 'Nothing answers'],
  ['no such host', coded('ENOTFOUND'), false, 'unreachable', 'The host models.example.com cannot be found.'],
  ['no answer to the connect', coded('UND_ERR_CONNECT_TIMEOUT'), false, 'unreachable', 'Is it running'],
  ['a certificate of its own', coded('SELF_SIGNED_CERT_IN_CHAIN'), false, 'unreachable', 'CA file of the profile'],
  ['plain http behind https', coded('ERR_SSL_WRONG_VERSION_NUMBER'), false, 'unreachable', 'does not speak https'],
  ['no HTTP', coded('HPE_INVALID_CONSTANT'), false, 'protocol', 'does not speak HTTP'],
  ['reset before the answer', coded('ECONNRESET'), false, 'transport', '(ECONNRESET)'],
  ['reset in the answer', coded('ECONNRESET'), true, 'transport', 'broke while it was answering (ECONNRESET)'],
  ['closed in the answer', coded('UND_ERR_SOCKET'), true, 'stream-truncated', 'ended before its answer was complete'],
  ['damaged in the answer', coded('Z_DATA_ERROR'), true, 'protocol', 'damaged (Z_DATA_ERROR)'],
  ['a cause of a cause', new Error('x', { cause: coded('ECONNREFUSED') }), false, 'unreachable', 'Nothing answers'],
  ['nothing known', 'strange', false, 'transport', '(strange)'],
])('%s', (_name, error, answering, code, words) => {
  const { failure } = transportError(error, server, answering)
  expect(failure).toMatchObject({ code, message: expect.stringContaining(words) })
})

it('says that http was changed to https when nobody answers there', () => {
  const address = resolveBaseUrl('http://models.example.com/v1')
  expect(transportError(coded('ECONNREFUSED'), { ...server, address }, false).message).toBe(
    'Nothing answers at https://models.example.com/v1. Is the server running, and is the base URL right? Plain http was changed to https, because the host is a public one; the profile can allow plain http.',
  )
})
