import { randomInt } from 'node:crypto'
import { MessageId, RunId, SessionId, TurnId } from '#shared/ids.ts'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const LENGTH = 10

export function newSessionId(): SessionId {
  return SessionId.parse(randomText())
}

export function newTurnId(): TurnId {
  return TurnId.parse(randomText())
}

export function newMessageId(): MessageId {
  return MessageId.parse(randomText())
}

/** A new id of a call that the app makes itself. */
export function newCallId(): string {
  return randomText()
}

/** A new id of a line of the ledger, or of a call that lines reserve for. */
export function newReservationId(): string {
  return randomText()
}

export function newRunId(): RunId {
  return RunId.parse(randomText())
}

function randomText(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
