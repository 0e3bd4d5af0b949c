import type { ElectronApplication } from '@playwright/test'

/** As a person closes it by its frame. */
export async function closeWindow(app: ElectronApplication): Promise<void> {
  await asked(() =>
    // After the reply to this very question, which would be lost with the window.
    app.evaluate(({ BrowserWindow }) => void setImmediate(() => BrowserWindow.getAllWindows()[0]?.close())),
  )
}

/** Answers the next questions of the app in the place of a person, and keeps what was asked. */
export async function answerQuestions(app: ElectronApplication, button: string): Promise<() => Promise<string[]>> {
  const questions = await asked(() =>
    app.evaluateHandle(({ dialog }, wanted) => {
      const asked: string[] = []
      dialog.showMessageBox = async (...given: unknown[]) => {
        const { message, buttons } = given.at(-1) as { message: string; buttons: string[] }
        asked.push(`${message}: ${buttons.join(', ')}`)
        return { response: buttons.indexOf(wanted), checkboxChecked: false }
      }
      return asked
    }, button),
  )
  return () => asked(() => questions.jsonValue())
}

/** Node's inspector may collect a reply as garbage before it is read: what was asked is asked again, it does no harm twice. */
async function asked<T>(question: () => Promise<T>, more = 5): Promise<T> {
  try {
    return await question()
  } catch (error) {
    if (more === 0 || !(error instanceof Error) || !error.message.includes('garbage collected')) throw error
    return await asked(question, more - 1)
  }
}
