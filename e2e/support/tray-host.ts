import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { Message, type MessageBus, sessionBus, Variant } from '@jellybrick/dbus-next'
import { SETTLED } from '../../shared/lib/settled.ts'
import { test as base } from './app.ts'

/** One entry of a menu as the desktop gets it. */
interface MenuEntry {
  id: number
  label: string
  enabled: boolean
  children: readonly MenuEntry[]
}

/** What the desktop was asked to show beside the tray. */
export interface ShownNotification {
  id: number
  title: string
  body: string
  /** The words on its buttons; what a click on itself does is none. */
  buttons: readonly string[]
  /** The app took it back. */
  closed: boolean
}

const WATCHER = 'org.kde.StatusNotifierWatcher'
const ITEM = 'org.kde.StatusNotifierItem'
const MENU = 'com.canonical.dbusmenu'
const NOTIFICATIONS = 'org.freedesktop.Notifications'

/** A session bus of its own with a small desktop on it: it shows tray icons and notifications to the test. */
export class TrayHost {
  /** For `DBUS_SESSION_BUS_ADDRESS` of the app. */
  readonly address: string
  readonly notifications: ShownNotification[] = []
  readonly #daemon: ChildProcess
  readonly #bus: MessageBus
  readonly #menuChanges = new EventEmitter()
  #items: string[] = []

  private constructor(address: string, daemon: ChildProcess, bus: MessageBus) {
    this.address = address
    this.#daemon = daemon
    this.#bus = bus
    bus.addMethodHandler((message) => this.#answer(message))
    bus.on('message', ({ member, body }) => {
      if (member === 'LayoutUpdated' || member === 'RegisterStatusNotifierItem') this.#menuChanges.emit('change')
      const [name, , owner] = body
      if (member === 'NameOwnerChanged' && owner === '') this.#items = this.#items.filter((item) => item !== name)
    })
  }

  /** `tray` false = a desktop that shows no icons, as GNOME does by itself. */
  static async start({ tray }: { tray: boolean }): Promise<TrayHost> {
    const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [address] = (await once(createInterface({ input: daemon.stdout }), 'line')) as [string]
    const bus = sessionBus({ busAddress: address })
    await once(bus, 'connect')
    const host = new TrayHost(address, daemon, bus)
    for (const rule of ["type='signal',member='NameOwnerChanged'", `type='signal',interface='${MENU}'`]) {
      await host.#call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'AddMatch', 's', [rule])
    }
    await bus.requestName(NOTIFICATIONS)
    if (tray) await host.showTray()
    return host
  }

  /** The panel of the desktop starts. */
  async showTray(): Promise<void> {
    await this.#bus.requestName(WATCHER)
  }

  /** The panel of the desktop ends. */
  async hideTray(): Promise<void> {
    this.#items = []
    await this.#bus.releaseName(WATCHER)
  }

  /** How many icons are shown. */
  count(): number {
    return this.#items.length
  }

  async toolTip(): Promise<string> {
    const [, , title] = (await this.#property('ToolTip')) as [string, unknown, string, string]
    return title
  }

  /** The icon's pixels, so that a test can tell whether it changed. */
  async icon(): Promise<string> {
    const pixmaps = (await this.#property('IconPixmap')) as [number, number, Buffer][]
    return pixmaps.map(([width, height, pixels]) => `${width}×${height} ${pixels.toString('base64')}`).join('\n')
  }

  /** The menu as a person reads it: deeper for a menu in it, "---" for a line, in brackets what cannot be clicked; empty without an icon. */
  async menu(): Promise<string[]> {
    const lines = (entries: readonly MenuEntry[], depth: string): string[] =>
      entries.flatMap(({ label, enabled, children }) => [
        `${depth}${enabled ? label : `(${label})`}`,
        ...lines(children, `${depth}  `),
      ])
    return lines(await this.#entries(), '')
  }

  /**
   * Clicks an entry, such as `click('Waiting: Fix the test', 'Allow once')` or `click(/^Fix the test · /, 'Stop')`. Waits
   * for it as long as the menu changes within ten seconds.
   */
  async click(...path: (string | RegExp)[]): Promise<void> {
    for (;;) {
      const changed = once(this.#menuChanges, 'change', { signal: AbortSignal.timeout(10_000) })
      if (await this.#press(path)) {
        changed.catch(() => undefined)
        return
      }
      await changed.catch(async () => {
        const entries = await this.#entries()
        throw new Error(`The menu has no "${path.join('", "')}", but ${entries.map(({ label }) => label).join(', ')}.`)
      })
    }
  }

  /** Clicks until the entry is gone: a question takes no answer in its first moment. */
  async answer(...path: (string | RegExp)[]): Promise<void> {
    await this.click(...path)
    while (entryAt(await this.#entries(), path)) {
      const changed = once(this.#menuChanges, 'change', { signal: AbortSignal.timeout(SETTLED) })
      const isChanged = await changed.then(
        () => true,
        () => false,
      )
      if (!isChanged) await this.#press(path)
    }
  }

  /** Clicks on the icon itself. */
  activate(): void {
    this.#send('/StatusNotifierItem', ITEM, 'Activate', 'ii', [0, 0])
  }

  /** Clicks a notification. */
  openNotification(id: number): void {
    this.#bus.send(
      Message.newSignal('/org/freedesktop/Notifications', NOTIFICATIONS, 'ActionInvoked', 'us', [id, 'default']),
    )
  }

  async close(): Promise<void> {
    const ended = once(this.#daemon, 'exit')
    this.#bus.disconnect()
    this.#daemon.kill()
    await ended
  }

  #item(): string {
    const item = this.#items.at(-1)
    if (item === undefined) throw new Error('The app shows no icon in the tray.')
    return item
  }

  /** Without waiting for a reply: the app may end by it. */
  #send(path: string, place: string, member: string, signature: string, body: unknown[]): void {
    this.#bus.send(new Message({ destination: this.#item(), path, interface: place, member, signature, body }))
  }

  async #property(name: string): Promise<unknown> {
    const [properties] = await this.#call(
      this.#item(),
      '/StatusNotifierItem',
      'org.freedesktop.DBus.Properties',
      'GetAll',
      's',
      [ITEM],
    )
    return (properties as Record<string, Variant>)[name]?.value
  }

  async #entries(): Promise<readonly MenuEntry[]> {
    return this.count() === 0 ? [] : await this.#layout()
  }

  /** false = there is no such entry now. */
  async #press(path: readonly (string | RegExp)[]): Promise<boolean> {
    const found = entryAt(await this.#entries(), path)
    if (found)
      this.#send('/com/canonical/dbusmenu', MENU, 'Event', 'isvu', [found.id, 'clicked', new Variant('s', ''), 0])
    return found !== undefined
  }

  async #layout(): Promise<readonly MenuEntry[]> {
    const [, root] = await this.#call(this.#item(), '/com/canonical/dbusmenu', MENU, 'GetLayout', 'iias', [0, -1, []])
    return menuEntry(root as Layout).children
  }

  async #call(
    destination: string,
    path: string,
    place: string,
    member: string,
    signature: string,
    body: unknown[],
  ): Promise<unknown[]> {
    const reply = await this.#bus.call(new Message({ destination, path, interface: place, member, signature, body }))
    return reply?.body ?? []
  }

  /** Whether the call was one of those that this desktop knows. */
  #answer(message: Message): boolean {
    const { member, body, sender } = message
    const reply = (signature?: string, values?: unknown[]) => {
      this.#bus.send(Message.newMethodReturn(message, signature, values))
      return true
    }
    switch (member) {
      case 'RegisterStatusNotifierItem':
        this.#items.push(sender)
        return reply()
      case 'Get':
        return body[1] === 'IsStatusNotifierHostRegistered' && reply('v', [new Variant('b', true)])
      case 'GetServerInformation':
        return reply('ssss', ['tray host', 'test', '1', '1.2'])
      case 'GetCapabilities':
        return reply('as', [['actions', 'body']])
      case 'Notify': {
        const id = this.notifications.length + 1
        this.notifications.push({
          id,
          title: String(body[3]),
          body: String(body[4]),
          buttons: buttonsOf(body[5]),
          closed: false,
        })
        return reply('u', [id])
      }
      case 'CloseNotification': {
        const shown = this.notifications.find(({ id }) => id === body[0])
        if (shown) shown.closed = true
        return reply()
      }
      default:
        return false
    }
  }
}

/** Pairs of an action's key and its words. */
function buttonsOf(actions: unknown): string[] {
  const words = Array.isArray(actions) ? actions.map(String) : []
  return words.filter((_, index) => index % 2 === 1 && words[index - 1] !== 'default')
}

type Layout = [number, Record<string, Variant>, { value: Layout }[]]

function menuEntry([id, properties, children]: Layout): MenuEntry {
  const isLine = properties.type?.value === 'separator'
  return {
    id,
    label: isLine ? '---' : String(properties.label?.value ?? ''),
    enabled: properties.enabled?.value !== false,
    children: children.map(({ value }) => menuEntry(value)),
  }
}

function entryAt(
  entries: readonly MenuEntry[],
  [label, ...deeper]: readonly (string | RegExp)[],
): MenuEntry | undefined {
  const found = entries.find((entry) => (typeof label === 'string' ? entry.label === label : label?.test(entry.label)))
  return found && deeper.length > 0 ? entryAt(found.children, deeper) : found
}

/** As in `app.ts`, on a desktop that shows icons and notifications. */
export const test = base.extend<{ desktop: TrayHost }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands an object pattern
  desktop: async ({}, use) => {
    const host = await TrayHost.start({ tray: true })
    await use(host)
    await host.close()
  },
  // In this order: the app ends before its desktop does.
  machine: async ({ desktop, machine }, use) => {
    machine.addEnvironment({ DBUS_SESSION_BUS_ADDRESS: desktop.address })
    await use(machine)
  },
})

export { expect } from './app.ts'
