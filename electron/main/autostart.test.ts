import { expect, test, vi } from 'vitest'
import { desktopEntry } from './autostart.ts'

vi.mock('electron', () => ({ app: {} }))

test('the entry starts the app hidden, whatever its path holds', () => {
  expect(
    desktopEntry({
      env: { CLAW_HOME: '/home/me/claw data' },
      program: '/opt/Claw 50% $x/electron',
      args: ['/opt/"app"', '--hidden'],
    }),
  ).toBe(
    [
      '[Desktop Entry]',
      'Type=Application',
      'Name=Claw Code Agent',
      'Comment=Runs in the background, in the tray',
      'Exec=env "CLAW_HOME=/home/me/claw data" "/opt/Claw 50%% \\\\$x/electron" "/opt/\\\\"app\\\\"" "--hidden"',
      'Terminal=false',
      'X-GNOME-Autostart-enabled=true',
      '',
    ].join('\n'),
  )
})
