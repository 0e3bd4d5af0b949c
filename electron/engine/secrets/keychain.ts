import type { LinuxStore } from '@napi-rs/keyring'

/** The operating system's store of passwords. Methods reject with the system's error. */
export interface Keychain {
  /** Whether a key can be kept on this machine. Never rejects. */
  available(): Promise<boolean>
  /** null = no such entry. */
  read(account: string): Promise<string | null>
  write(account: string, key: string): Promise<void>
  remove(account: string): Promise<void>
}

const SERVICE = 'claw-code-agent'
/** A keychain that asks the person for a password may take its time; one that does not answer at all is none. */
const PROBE_MS = 3000

/**
 * The keychain of macOS, Windows or a Linux desktop. Loaded at first use. On Linux only the Secret Service counts:
 * the library would otherwise fall back to the kernel's keyring, which forgets everything at the next restart.
 */
export const systemKeychain: Keychain = {
  async available() {
    const probe = async () => {
      await (await entryOf('probe')).getPassword()
      return true
    }
    // No keychain, a locked one or one that is silent: the key then goes where a person says.
    return withinTime(probe()).catch(() => false)
  },
  read: async (account) => (await entryOf(account)).getPassword(),
  write: async (account, key) => (await entryOf(account)).setPassword(key),
  remove: async (account) => {
    await (await entryOf(account)).deletePassword()
  },
}

async function entryOf(account: string) {
  const { loadKeyring } = await import('./keyring.ts')
  const { AsyncEntry } = await loadKeyring()
  const linux: { store: LinuxStore } = { store: 'secret-service' }
  return new AsyncEntry(SERVICE, account, { linux })
}

async function withinTime(probe: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PROBE_MS, false)
  })
  try {
    return await Promise.race([probe, late])
  } finally {
    clearTimeout(timer)
  }
}
