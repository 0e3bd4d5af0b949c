import type { buildConnector } from 'undici'

const STATUS_LINE = Buffer.from('HTTP/1.1 100')

/**
 * A connector whose sockets leave out `100 Continue`: a server may send one unasked, and undici takes it for a broken
 * answer. Any other answer passes as it comes.
 */
export function withoutContinue(connector: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connector(options, (...result) => {
      const [, socket] = result
      if (socket) leaveOutContinue(socket)
      callback(...result)
    })
}

function leaveOutContinue(socket: { read(size?: number): unknown }): void {
  const read = socket.read.bind(socket)
  let held: Buffer | null = null
  socket.read = (size) => {
    for (;;) {
      const part = read(size)
      if (!Buffer.isBuffer(part)) return part
      const bytes: Buffer = held ? Buffer.concat([held, part]) : part
      held = null
      const rest = afterContinue(bytes)
      if (rest === null) held = bytes
      else if (rest.length > 0) return rest
    }
  }
}

/** What follows the interim answers at the beginning; null = the end of one is still to come. */
function afterContinue(bytes: Buffer): Buffer | null {
  let rest = bytes
  while (rest[0] === STATUS_LINE[0]) {
    const known = Math.min(rest.length, STATUS_LINE.length)
    if (STATUS_LINE.compare(rest, 0, known, 0, known) !== 0) return rest
    if (known < STATUS_LINE.length) return null
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return null
    rest = rest.subarray(end + 4)
  }
  return rest
}
