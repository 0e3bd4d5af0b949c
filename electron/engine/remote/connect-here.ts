import { connect } from 'node:net'
import { FailureError, failure } from '#shared/failure.ts'
import type { Connect } from '../runs/run-address.ts'

/** The way to the workers of this machine: their private sockets. `FailureError` `transport`: it is on another one. */
export const connectHere: Connect = ({ host, path }) => {
  if (host === null) return connect(path)
  throw new FailureError(failure('transport', `That run is on ${host}, which cannot be reached from here.`))
}
