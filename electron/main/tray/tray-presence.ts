import type { EventEmitter } from 'node:events'
import type { MessageBus } from '@jellybrick/dbus-next'

/** Whether the desktop shows icons of apps. Windows and macOS always do; on Linux it depends on the desktop. */
export interface TrayPresence {
  isThere(): boolean
  close(): void
}

const WATCHER = 'org.kde.StatusNotifierWatcher'
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' }
/** A bus that does not answer is none. Milliseconds. */
const PATIENCE_MS = 3000

const rules = [
  `type='signal',sender='${BUS.destination}',member='NameOwnerChanged',arg0='${WATCHER}'`,
  `type='signal',interface='${WATCHER}',member='StatusNotifierHostRegistered'`,
  `type='signal',interface='${WATCHER}',member='StatusNotifierHostUnregistered'`,
]
const signals = ['NameOwnerChanged', 'StatusNotifierHostRegistered', 'StatusNotifierHostUnregistered']

/**
 * Finds out whether the desktop shows trays, and resolves when that is known; `onChange` when that changes, as when a panel
 * is started again.
 */
export async function watchTrayPresence(platform: string, onChange: () => void): Promise<TrayPresence> {
  if (platform !== 'linux') return { isThere: () => true, close: () => undefined }
  const { Message, MessageFlag, MessageType, sessionBus } = await import('@jellybrick/dbus-next')
  const bus = await connected(sessionBus())
  if (bus === null) return { isThere: () => false, close: () => undefined }

  const question = () =>
    new Message({
      destination: WATCHER,
      path: '/StatusNotifierWatcher',
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [WATCHER, 'IsStatusNotifierHostRegistered'],
      flags: MessageFlag.NO_AUTO_START,
    })
  let there: boolean | null = null
  const check = async () => {
    const before = there
    there = await isYes(bus.call(question()))
    if (before !== null && before !== there) onChange()
  }
  bus.on('message', ({ type, member }) => {
    if (type === MessageType.SIGNAL && signals.includes(member)) void check()
  })
  for (const rule of rules) bus.send(new Message({ ...BUS, member: 'AddMatch', signature: 's', body: [rule] }))
  await check()
  return { isThere: () => there === true, close: () => bus.disconnect() }
}

/** null = there is no session bus. */
function connected(bus: MessageBus): Promise<MessageBus | null> {
  return new Promise((resolve) => {
    const settle = (found: MessageBus | null) => {
      clearTimeout(late)
      resolve(found)
    }
    const late = setTimeout(() => settle(null), PATIENCE_MS)
    bus.once('connect', () => settle(bus))
    // For as long as the app runs: a bus that ends must not take the app with it. Its types do not know this event.
    const emitter: EventEmitter = bus
    emitter.on('error', () => settle(null))
  })
}

/** An error is the answer of a bus on which nobody shows icons. */
async function isYes(asked: Promise<{ body: unknown[] } | null>): Promise<boolean> {
  try {
    const value = (await asked)?.body[0]
    return typeof value === 'object' && value !== null && 'value' in value && value.value === true
  } catch {
    // No bus, or nobody on it who knows of trays.
    return false
  }
}
