/** What keys make of a text that has no line editor of its own: letters, Backspace, Ctrl-U, Ctrl-W; others do nothing. */
export function draftAfter(draft: string, keys: string): string {
  let text = draft
  for (const [key] of keys.matchAll(KEY)) {
    if (key === '\x7f' || key === '\b') text = withoutLast(text)
    else if (key === '\x15') text = text.slice(0, text.lastIndexOf('\n') + 1)
    else if (key === '\x17') text = text.replace(/[^\s]*[^\S\n]*$/, '')
    else if (key === '\r' || key === '\n') text += '\n'
    else if (key === '\t') text += ' '
    else if (!CONTROL.test(key)) text += key
  }
  return text
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the keys of a terminal are control characters
const KEY = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|[^[O])?|[^\x1b]/gsu
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not get into a text
const CONTROL = /[\x00-\x1f\x7f-\x9f]/

const graphemes = new Intl.Segmenter()

function withoutLast(text: string): string {
  const last = graphemes.segment(text.slice(-64))
  let length = 0
  for (const { segment } of last) length = segment.length
  return text.slice(0, text.length - length)
}
