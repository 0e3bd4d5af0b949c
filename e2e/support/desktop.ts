import type { ElectronApplication } from '@playwright/test'

/** As a person closes it by its frame. */
export async function closeWindow(app: ElectronApplication): Promise<void> {
  // After the reply to this very call: it may be lost with the window.
  await app.evaluate(({ BrowserWindow }) => void setImmediate(() => BrowserWindow.getAllWindows()[0]?.close()))
}

export function windowCount(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
}

/** Answers the next questions of the app in the place of a person, and keeps what was asked. */
export async function answerQuestions(app: ElectronApplication, button: string): Promise<() => Promise<string[]>> {
  await app.evaluate(({ dialog }, wanted) => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    dialog.showMessageBox = async (...given: unknown[]) => {
      const { message, buttons } = given.at(-1) as { message: string; buttons: string[] }
      asked.push(`${message}: ${buttons.join(', ')}`)
      return { response: buttons.indexOf(wanted), checkboxChecked: false }
    }
  }, button)
  return () => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)
}
