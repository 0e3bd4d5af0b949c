import type { Screen } from './output.ts'

/** Both ways out into one text, as a terminal would show them; for tests. */
export function memoryScreen(options: { terminal?: boolean; dumb?: boolean; colour?: boolean; width?: number } = {}) {
  const written: string[] = []
  const output = (name: string) => ({
    write: (text: string) => {
      written.push(options.terminal ? text : `${name}: ${text}`)
    },
    terminal: options.terminal ?? false,
    redraws: options.terminal === true && !options.dumb,
    colour: options.colour ?? false,
    width: () => options.width ?? 80,
    height: () => 24,
  })
  const screen: Screen = { out: output('out'), side: output('side') }
  return { screen, text: () => written.join('') }
}
