import type { InstructionFile, InstructionsView } from '#shared/policy/instructions.ts'
import { type Output, paint, type Style } from './output.ts'
import { plainLine } from './plain-text.ts'
import { shortFolder } from './words.ts'

/** The files that tell the agent how to work in a folder, the nearest last; none where there is none. */
export function instructionLines(output: Output, view: InstructionsView): string[] {
  const nested = view.nested.map((path) =>
    paint(output, 'dim', `${plainLine(shortFolder(path))}  the model hears of it by its path`),
  )
  return [...view.files.flatMap((file) => fileLines(output, file, view.trust)), ...nested]
}

function fileLines(output: Output, file: InstructionFile, trust: InstructionsView['trust']): string[] {
  const [style, words] = standing(file, trust)
  const size = `${file.bytes.toLocaleString('en-US')} bytes`
  return [
    `${paint(output, 'bold', plainLine(shortFolder(file.path)))}  ${paint(output, style, words)}  ${paint(output, 'dim', size)}`,
    ...(file.problem === null ? [] : [paint(output, 'yellow', `  – ${plainLine(file.problem)}`)]),
  ]
}

function standing({ trusted, used, changed, problem }: InstructionFile, trust: string): readonly [Style, string] {
  if (!trusted) return trust === 'declined' ? ['dim', 'not trusted, as you decided'] : ['yellow', 'not trusted']
  const isLeftOut = !used && problem === null
  const ends = [...(changed ? ['changed since it was used last'] : []), ...(isLeftOut ? ['left out: no room'] : [])]
  return ends.length === 0 ? ['green', 'trusted'] : ['yellow', `trusted: ${ends.join(', ')}`]
}
