import { watch } from 'node:fs'

interface WatchOptions {
  /** Hears the name of what changed in the folder; null = the system does not say. */
  onChange(name: string | null): void
  /** Hears once that nothing will be told any more: the folder is gone, or the system has no watches left. */
  onLost?(): void
  /** Whether the process stays alive for it. Default false. */
  keepsAlive?: boolean
}

/** Follows the changes of a folder or of a file. Never throws: what cannot be followed is lost at once. */
export function watchPath(path: string, { onChange, onLost, keepsAlive = false }: WatchOptions): { close(): void } {
  try {
    const watcher = watch(path, { persistent: keepsAlive }, (_, name) => onChange(name))
    watcher.on('error', () => {
      watcher.close()
      onLost?.()
    })
    return watcher
  } catch {
    // The folder is not there, or there are no watches or descriptors to be had.
    onLost?.()
    return { close: () => undefined }
  }
}
