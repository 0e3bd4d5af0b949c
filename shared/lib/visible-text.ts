import { unicodePattern } from './unicode-pattern.ts'

/**
 * Text of models, tools and files as a person may trust it. A terminal obeys what it is shown: an escape sequence can
 * rewrite the screen, the title or the clipboard. Marks of direction can make a command look like another, and other
 * invisible characters can say to a model what nobody sees. `visibleText` shows each of them by its number, such as
 * `<U+202E>`, and control characters by their picture, such as `␛`. It leaves what scripts and emoji are written with:
 * joiners, selectors and tags where they belong, line feeds and tabs. A carriage return goes.
 *
 * `before` is what came before in the same text, where that comes in pieces: a sequence may be split over two of them.
 * What is judged is only ever what came before, so pieces and the whole text are shown alike.
 */
export function visibleText(text: string, before = ''): string {
  if (isPlain(text)) return text
  return text.replace(new RegExp(`[${INVISIBLE}]`, 'gu'), (character, at: number) => {
    const near = at < LOOKED_AT ? before.slice(-LOOKED_AT) + text.slice(0, at) : text.slice(at - LOOKED_AT, at)
    return belongs(character, near) ? character : shown(character)
  })
}

/** Text made visible for one row: line feeds and tabs become blanks too. */
export function visibleLine(text: string): string {
  return visibleText(text.replace(/[\r\n\t]+/g, ' '))
}

/**
 * Output of a command, whose control codes are read where it is drawn: they give it colours and write over lines. All
 * else that is invisible in it becomes visible.
 */
export function visibleOutput(text: string): string {
  if (isPlain(text)) return text
  return text
    .split(OUTPUT_CODES)
    .map((part, index) => (index % 2 === 0 ? visibleText(part) : part))
    .join('')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const OUTPUT_CODES = /([\x07\x1b\r])/

/** How many characters of `before` are ever looked at: a flag's sign and its letters, which are two each. */
export const LOOKED_AT = 16

// Controls but \n and \t; C1; what is drawn as nothing, or as a blank that is none; what turns the direction; line and
// paragraph separators; joiners, selectors and tags.
const INVISIBLE =
  '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e' +
  '\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}'
const suspect = unicodePattern(`[${INVISIBLE}]`)
const endsUnseen = unicodePattern(`[${INVISIBLE}]$`)

/** Nearly all text has nothing to look at, most of it is ASCII, and this is asked with every word that a model writes. */
function isPlain(text: string): boolean {
  return /^[\n\t -~]*$/.test(text) || !suspect().test(text)
}

/** After an emoji, whatever colour and shape it was given. */
const afterEmoji = unicodePattern(String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?$`)
/** After a letter or mark of a script in which a joiner changes how letters meet. */
const afterJoining = unicodePattern(
  String.raw`(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hebrew}])[\p{L}\p{M}]$`,
)
/** After a letter of a script that is written without blanks. */
const afterUnspaced = unicodePattern(
  String.raw`[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}]$`,
)
const afterSelectable = unicodePattern(
  String.raw`[\p{Emoji}\p{Script=Han}\p{Script=Myanmar}\p{Script=Phags_Pa}\p{Sm}]$`,
)
const afterHan = unicodePattern(String.raw`\p{Script=Han}$`)
const afterMongolian = unicodePattern(String.raw`[\u1820-\u18aa]$`)

/** Whether it is how scripts and emoji are written, after what came before it. */
function belongs(character: string, near: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x200d) return afterEmoji().test(near) || joins(near)
  if (code === 0x200c) return joins(near)
  if (code === 0x200b) return afterUnspaced().test(near) && !endsUnseen().test(near)
  if (code >= 0xfe00 && code <= 0xfe0f) return afterSelectable().test(near)
  if (code >= 0xe0100 && code <= 0xe01ef) return afterHan().test(near)
  if (code >= 0x180b && code <= 0x180f && code !== 0x180e) return afterMongolian().test(near)
  return code >= 0xe0061 && code <= 0xe007f && isFlag(`${near}${character}`)
}

/** Selectors are marks too, and join nothing. */
function joins(near: string): boolean {
  return afterJoining().test(near) && !endsUnseen().test(near)
}

/** The flags of parts of a country are a black flag and small letters that nobody sees, with an end. */
const FLAGS = ['gbeng', 'gbsct', 'gbwls'].map((letters) => `${letters}\x7f`)

function isFlag(text: string): boolean {
  const start = text.lastIndexOf('\u{1f3f4}')
  if (start < 0) return false
  const letters = [...text.slice(start + 2)].map((tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000))
  return FLAGS.some((flag) => flag.startsWith(letters.join('')))
}

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x0d) return ''
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
