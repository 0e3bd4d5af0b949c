import { FailureError, failure } from '#shared/failure.ts'
import { type Engine, usableFolder, type WindowFeed } from '../../engine/engine.ts'
import { isOpenable } from './links.ts'
import type { Handlers } from './router.ts'

type AppRequest = Exclude<
  keyof Handlers,
  | `session.${string}`
  | `profile.${string}`
  | `discovery.${string}`
  | `budget.${string}`
  | `run.${string}`
  | `policy.${string}`
  | `window.${string}`
>

/** What only the desktop can do; Electron behind it, or a test. */
export interface Desktop {
  /** null = the person chose none. */
  chooseFolder(startingAt: string | null): Promise<string | null>
  /** A file to read; null = the person chose none. */
  chooseFile(title: string): Promise<string | null>
  /** Where to write; the person has agreed to replace what is there. */
  chooseTarget(title: string, fileName: string): Promise<string | null>
  openLink(url: string): Promise<void>
  writeClipboard(text: string): void
}

export function appHandlers({ settings }: Engine, { app }: WindowFeed, desktop: Desktop): Pick<Handlers, AppRequest> {
  return {
    'settings.update': async ({ patch }) => {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      await settings.update((current) => ({ ...current, ...given }))
      return null
    },
    'folder.choose': async () => ({ folder: await desktop.chooseFolder(settings.get().lastFolder) }),
    'folder.check': async ({ folder }) => {
      await usableFolder(folder)
      return null
    },
    'notice.dismiss': ({ id }) => {
      app.dismiss(id)
      return null
    },
    'link.open': async ({ url }) => {
      if (!isOpenable(url)) {
        throw new FailureError(failure('invalid-input', 'Only web and mail addresses are opened from here.'))
      }
      await desktop.openLink(url)
      return null
    },
    'clipboard.write': ({ text }) => {
      desktop.writeClipboard(text)
      return null
    },
  }
}
