import type { PolicyFile, PolicyRule, PolicyView } from '#shared/policy/policy.ts'
import { type Output, paint, type Style } from './output.ts'
import { plainLine } from './plain-text.ts'
import { padEnd } from './width.ts'
import { shortFolder } from './words.ts'

/** What applies in a folder, file by file, the nearest last. Texts of manifests are shown, never obeyed. */
export function policyLines(output: Output, { folder, files }: PolicyView): string[] {
  if (files.length === 0)
    return [`No policy applies in ${plainLine(shortFolder(folder))}: there is no .claw-policy.json here or above.`]
  return files.flatMap((file) => [
    `${paint(output, 'bold', plainLine(shortFolder(file.path)))}  ${paint(output, ...trustWords[file.trust])}`,
    ...(file.problem === null ? ruleLines(output, file) : [paint(output, 'red', `  ✗ ${plainLine(file.problem)}`)]),
  ])
}

const trustWords: Record<PolicyFile['trust'], readonly [Style, string]> = {
  trusted: ['green', 'trusted'],
  untrusted: ['yellow', 'not trusted'],
  declined: ['dim', 'not trusted, as you decided'],
  changed: ['yellow', 'not trusted: changed since you decided'],
}

const marks: Record<PolicyRule['state'], readonly [string, Style, string]> = {
  counts: ['✓', 'green', ''],
  waits: ['·', 'yellow', '  waits until you trust it'],
  nothing: ['–', 'dim', ''],
}

function ruleLines(output: Output, { rules }: PolicyFile): string[] {
  if (rules.length === 0) return [paint(output, 'dim', '  – says nothing')]
  const width = Math.max(...rules.map(({ title }) => title.length))
  return rules.map(({ title, text, state }) => {
    const [sign, style, end] = marks[state]
    return `  ${paint(output, style, sign)} ${padEnd(plainLine(title), width)}  ${plainLine(text)}${paint(output, 'dim', end)}`
  })
}
