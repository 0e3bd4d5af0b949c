import { app } from 'electron'

/** How long a quit waits for running turns to end and their journals to be written. Milliseconds. */
const PATIENCE_MS = 5000

/** A terminal that ends the app, or a system that shuts down: by default they end it at once, in mid-sentence. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Lets `finish` end before the app does, within bounds. What fails is told to `onDefect`, and the app quits anyway. */
export function finishBeforeQuit(finish: () => Promise<void>, onDefect: (error: unknown) => Promise<void>): void {
  let state: 'running' | 'finishing' | 'finished' = 'running'
  app.on('before-quit', (event) => {
    if (state === 'finished') return
    event.preventDefault()
    if (state === 'finishing') return
    state = 'finishing'
    const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS))
    void Promise.race([finish(), late])
      .catch(onDefect)
      .finally(() => {
        state = 'finished'
        app.quit()
      })
  })
  for (const ending of endings) process.on(ending, () => app.quit())
}
