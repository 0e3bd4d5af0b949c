import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { app } from 'electron'

export interface StartCommand {
  /** Such as CLAW_HOME, where the person set it. */
  env: Readonly<Record<string, string>>
  program: string
  args: readonly string[]
}

/** Lets the desktop start the app, without its window, when the person logs in; or lets it no longer. */
export async function setAutostart(on: boolean, platform: string): Promise<void> {
  const command = hiddenStart()
  if (platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on, path: command.program, args: [...command.args] })
    return
  }
  const path = join(app.getPath('appData'), 'autostart', 'claw-code-agent.desktop')
  if (!on) {
    await rm(path, { force: true })
    return
  }
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, desktopEntry(command))
}

function hiddenStart(): StartCommand {
  const { CLAW_HOME, APPIMAGE } = process.env
  const env: StartCommand['env'] = CLAW_HOME === undefined ? {} : { CLAW_HOME }
  if (app.isPackaged) return { env, program: APPIMAGE ?? process.execPath, args: ['--hidden'] }
  const sandbox = process.argv.filter((argument) => argument === '--no-sandbox')
  return { env, program: process.execPath, args: [...sandbox, app.getAppPath(), '--hidden'] }
}

/** What the desktops of Linux read at login (Desktop Entry Specification). */
export function desktopEntry({ env, program, args }: StartCommand): string {
  const words = [program, ...args].map(quoted)
  const settings = Object.entries(env).map(([name, value]) => quoted(`${name}=${value}`))
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Claw Code Agent',
    'Comment=Runs in the background, in the tray',
    `Exec=${[...(settings.length > 0 ? ['env', ...settings] : []), ...words].join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** One word of an Exec line: quoted for its own reader, and once more for that of the file. */
function quoted(word: string): string {
  const inQuotes = word.replaceAll(/["`$\\]/g, (character) => `\\${character}`).replaceAll('%', '%%')
  return `"${inQuotes.replaceAll('\\', '\\\\')}"`
}
