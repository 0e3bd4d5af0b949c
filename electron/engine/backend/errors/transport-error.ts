import { type FailureCode, failure } from '#shared/failure.ts'
import { isRecord } from '#shared/lib/json.ts'
import { AttemptError } from '../contract/backend-error.ts'
import type { Server } from '../contract/server.ts'

/** An error of the connection as a failure for a person. `answering` = the head of the answer was here already. */
export function transportError(error: unknown, server: Server, answering: boolean): AttemptError {
  if (error instanceof AttemptError) return error
  const code = systemCode(error)
  const [failureCode, message] = explain(code, error, server, answering)
  const retryable = failureCode !== 'protocol' && failureCode !== 'invalid-input'
  const details = isUnknownHost(code) && !answering ? { unknownHost: hostOf(server.address.base) } : undefined
  const value = failure(failureCode, message, { retryable, ...(details && { details }) })
  return new AttemptError(value, {}, { cause: error })
}

/** The other side closed the connection before anything of an answer came. */
export function isStaleConnection(error: unknown): boolean {
  return /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(systemCode(error))
}

function explain(code: string, error: unknown, server: Server, answering: boolean): [FailureCode, string] {
  const { name, address } = server
  const upgraded = address.upgraded
    ? ' Plain http was changed to https, because the host is a public one; the profile can allow plain http.'
    : ''
  if (answering) {
    if (code === 'UND_ERR_SOCKET' || code.startsWith('UND_ERR_RES_'))
      return ['stream-truncated', `The connection to ${name} ended before its answer was complete. Try again.`]
    if (code.startsWith('HPE_') || code.startsWith('Z_'))
      return ['protocol', `The answer of ${name} is damaged (${code}). Is a proxy in between?`]
    return ['transport', `The connection to ${name} broke while it was answering${inBrackets(code)}. Try again.`]
  }
  if (code === 'UND_ERR_INVALID_ARG')
    return [
      'invalid-input',
      `The key or a header of ${name} holds characters that HTTP does not allow. Enter it again in the profile.`,
    ]
  if (isUnknownHost(code))
    return [
      'unreachable',
      `The host ${hostOf(address.base)} cannot be found. Check the base URL of ${name}, and the network.`,
    ]
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return [
      'unreachable',
      `${name} does not answer at ${address.base}. Is it running, and is a firewall in between?${upgraded}`,
    ]
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return [
      'unreachable',
      `The certificate of ${name} is not trusted (${code}). Name your authority's file as the CA file of the profile.${upgraded}`,
    ]
  if (/SSL|EPROTO/.test(code))
    return [
      'unreachable',
      `${name} does not speak https at ${address.base}. If it is plain http, change the base URL.${upgraded}`,
    ]
  if (code.startsWith('HPE_'))
    return ['protocol', `What answers at ${address.base} does not speak HTTP. Is the base URL right?`]
  if (/^E(CONNREFUSED|HOSTUNREACH|NETUNREACH|HOSTDOWN|ADDRNOTAVAIL|ACCES)$/.test(code))
    return [
      'unreachable',
      `Nothing answers at ${address.base}. Is the server running, and is the base URL right?${upgraded}`,
    ]
  if (code === 'UND_ERR_SOCKET')
    return ['transport', `${name} closed the connection before it answered. Try again.${upgraded}`]
  const cause = code || (error instanceof Error ? error.message : String(error))
  return ['transport', `The connection to ${name} broke${inBrackets(cause)}. Try again.${upgraded}`]
}

/** Codes of the library that speaks HTTP say nothing to anybody else. */
function inBrackets(code: string): string {
  return code && !code.startsWith('UND_') ? ` (${code})` : ''
}

function isUnknownHost(code: string): boolean {
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN'
}

function hostOf(base: string): string {
  return new URL(base).host
}

/** The first code in an error, its causes and, where several addresses were tried, its parts. */
function systemCode(error: unknown): string {
  if (!isRecord(error)) return ''
  if (typeof error.code === 'string' && error.code !== '') return error.code
  const parts = Array.isArray(error.errors) ? error.errors : []
  return [error.cause, ...parts].map(systemCode).find((code) => code !== '') ?? ''
}
