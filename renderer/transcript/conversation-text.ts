import type { FileDiff } from '#shared/approval/file-diff.ts'
import { counted } from '#shared/lib/counted.ts'
import { isRecord, parseJson } from '#shared/lib/json.ts'
import type { Item, ToolItem, TurnView } from '#shared/session/session-view.ts'
import { toolKindOf } from '#shared/session/tool-kind.ts'
import { endWords } from '../lib/end-words.ts'
import { moreCharacters } from '../lib/more-characters.ts'

/** A whole conversation as Markdown: what was said, what was done, and what came of it. Thoughts are left out. */
export function conversationText(title: string, turns: readonly TurnView[]): string {
  const parts = turns.flatMap(({ text, items }) => [`## You\n\n${text.trim()}`, '## Agent', ...items.flatMap(itemText)])
  return `${[`# ${title || 'Chat'}`, ...parts].join('\n\n')}\n`
}

function itemText(item: Item): string[] {
  switch (item.kind) {
    case 'text':
      return [[item.text.trim(), omittedText(item)].filter(Boolean).join('\n\n')].filter(Boolean)
    case 'follow-up':
      return item.origin === 'user' ? [`## You\n\n${item.text.trim()}`, '## Agent'] : []
    case 'notice':
      return [`*${item.message}*`]
    case 'tool':
      return [toolText(item)]
    case 'reasoning':
      return []
  }
}

function omittedText({ text, omitted = 0 }: { text: string; omitted?: number | undefined }): string {
  return omitted > 0
    ? `*… ${moreCharacters(omitted, text)} ${omitted === 1 ? 'is' : 'are'} in the journal of the session.*`
    : ''
}

function toolText(tool: ToolItem): string {
  const command = toolKindOf(tool) === 'run' ? commandOf(tool) : null
  const head = command === null ? `**${tool.verb}** ${codeOf(tool.target)}` : `**Run**\n\n${fenced(command, 'sh')}`
  const body = tool.diff && tool.diff.hunks.length > 0 ? fenced(diffText(tool.diff), 'diff') : outputText(tool)
  const end = endWords(tool)
  return [command === null && end ? `${head}: ${end}` : head, body, command !== null && end]
    .filter(Boolean)
    .join('\n\n')
}

function outputText({ output, omitted }: ToolItem): string {
  return output.trim() === '' ? omittedText({ text: '', omitted }) : fenced(output.replace(/\n+$/, ''), '')
}

/** The command of a call as it was given. */
export function commandOf(tool: ToolItem): string {
  // Of a call that was cut the row shows what was understood of it.
  const given = parseJson(tool.arguments)
  return isRecord(given) && typeof given.command === 'string' ? given.command : tool.target
}

const signs = { ' ': ' ', '+': '+', '-': '-' } as const

/** A change as `diff -u` writes it. */
export function diffText(diff: FileDiff): string {
  const hunks = diff.hunks.flatMap(({ oldStart, newStart, lines }) => {
    const old = lines.filter(({ sign }) => sign !== '+').length
    const now = lines.filter(({ sign }) => sign !== '-').length
    return [`@@ -${oldStart},${old} +${newStart},${now} @@`, ...lines.map(({ sign, text }) => `${signs[sign]}${text}`)]
  })
  const more = diff.omittedLines ? [`… ${counted(diff.omittedLines, 'more line')}`] : []
  return [`--- a/${diff.path}`, `+++ b/${diff.path}`, ...hunks, ...more].join('\n')
}

function codeOf(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** A fence that is longer than any inside of it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}
