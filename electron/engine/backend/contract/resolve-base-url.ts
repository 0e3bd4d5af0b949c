import { BlockList, isIP } from 'node:net'
import { failure } from '#shared/failure.ts'
import { BackendError } from './backend-error.ts'

/** Where requests of a profile go. */
export interface Address {
  /** Without a trailing slash and without the query. */
  base: string
  /** `?api-version=…` where the person gave one, else empty. */
  query: string
  /** Plain http was asked for and https is used: the host is a public one. */
  upgraded: boolean
}

/**
 * Reads a base URL as a person pastes it: blanks, trailing slashes and the path of a request are taken off, and plain
 * http to a public host becomes https. Throws `BackendError` `invalid-input`.
 */
export function resolveBaseUrl(text: string, options: { plainHttp?: boolean } = {}): Address {
  const trimmed = text.trim()
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new BackendError(
      failure('invalid-input', `"${trimmed}" is not a web address. It has to look like http://127.0.0.1:8000/v1.`),
    )
  }
  const upgraded = url.protocol === 'http:' && !options.plainHttp && !isLocalHost(url.hostname)
  const path = url.pathname.replace(/\/+$/, '').replace(/\/(chat\/completions|models)$/, '')
  const protocol = upgraded ? 'https:' : url.protocol
  return { base: `${protocol}//${url.host}${path}`, query: url.search, upgraded }
}

/** An address with the `/v1` that people forget; null = it has a path already. */
export function withVersion(address: Address): Address | null {
  return new URL(address.base).pathname === '/' ? { ...address, base: `${address.base}/v1` } : null
}

/**
 * Loopback, private, link-local, `.local`: hosts that no certificate authority signs for. Names without a dot and
 * `.internal` cannot be public either. `hostname` as `URL` gives it: lower case, IPv4 in four numbers, IPv6 in brackets.
 */
export function isLocalHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const family = isIP(host)
  if (family !== 0) return localNetworks.check(host, family === 4 ? 'ipv4' : 'ipv6')
  return !host.includes('.') || /\.(localhost|local|internal)$/.test(host)
}

const localNetworks = new BlockList()
localNetworks.addAddress('0.0.0.0', 'ipv4')
localNetworks.addSubnet('127.0.0.0', 8, 'ipv4')
localNetworks.addSubnet('10.0.0.0', 8, 'ipv4')
localNetworks.addSubnet('172.16.0.0', 12, 'ipv4')
localNetworks.addSubnet('192.168.0.0', 16, 'ipv4')
localNetworks.addSubnet('169.254.0.0', 16, 'ipv4')
localNetworks.addAddress('::1', 'ipv6')
localNetworks.addSubnet('fc00::', 7, 'ipv6')
localNetworks.addSubnet('fe80::', 10, 'ipv6')
