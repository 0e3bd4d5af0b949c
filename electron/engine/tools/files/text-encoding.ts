/** How the bytes of a text file stand for characters. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** What a person calls it. */
export const encodingNames: Record<TextEncoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252 (Latin-1)',
}

/** How to decode a text file. `mark` = the bytes of its byte-order mark. */
interface FileEncoding {
  encoding: TextEncoding
  mark: number
}

/**
 * What a file holds. `unknown` = no UTF-8, and not surely anything else: it may be damaged, or come from a script with more
 * letters than a byte holds.
 */
type Sniffed = ({ kind: 'text' } & FileEncoding) | { kind: 'binary' } | { kind: 'unknown' }

/** Judges the encoding of a file by its beginning. */
export function sniffEncoding(beginning: Uint8Array): Sniffed {
  const [first, second, third, fourth] = beginning
  if (first === 0xff && second === 0xfe && !(third === 0 && fourth === 0)) return text('utf-16le', 2)
  if (first === 0xfe && second === 0xff) return text('utf-16be', 2)
  if (looksBinary(beginning)) return { kind: 'binary' }
  const mark = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0
  if (isUtf8(beginning)) return text('utf-8', mark)
  return mark === 0 && looksWestern(beginning) ? text('windows-1252', 0) : { kind: 'unknown' }
}

function text(encoding: TextEncoding, mark: number): Sniffed {
  return { kind: 'text', encoding, mark }
}

/** Decodes piece by piece; `null` ends it. What cannot be decoded becomes U+FFFD. The mark is not part of the text. */
export function streamDecoder(encoding: TextEncoding): (bytes: Uint8Array | null) => string {
  if (encoding === 'windows-1252') return (bytes) => (bytes ? decodeWindows1252(bytes) : '')
  const decoder = new TextDecoder(encoding === 'utf-8' ? 'utf-8' : 'utf-16le')
  if (encoding !== 'utf-16be') return (bytes) => (bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode())
  let odd: Uint8Array = new Uint8Array()
  return (bytes) => {
    if (!bytes) return decoder.decode(odd, { stream: true }) + decoder.decode()
    const all = Buffer.concat([odd, bytes])
    const even = all.length - (all.length % 2)
    odd = Buffer.from(all.subarray(even))
    return decoder.decode(all.subarray(0, even).swap16(), { stream: true })
  }
}

/** All of a file at once, without its mark; null where it would not come out as the same bytes again. */
export function decodeWhole(bytes: Uint8Array, { encoding, mark }: FileEncoding): string | null {
  const content = bytes.subarray(mark)
  if (encoding === 'windows-1252') return decodeWindows1252(content)
  try {
    if (encoding === 'utf-8') return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
    const units = Buffer.from(content)
    if (units.length % 2 !== 0) return null
    if (encoding === 'utf-16be') units.swap16()
    return new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }).decode(units)
  } catch {
    // Not text in this encoding: that is what the caller asks.
    return null
  }
}

/** Null where the encoding has no byte for one of the characters. A mark is written for UTF-16, and for UTF-8 if wanted. */
export function encodeText(text: string, encoding: TextEncoding, bom: boolean): Buffer<ArrayBuffer> | null {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(bom ? `\uFEFF${text}` : text)
    case 'utf-16le':
      return Buffer.from(`\uFEFF${text}`, 'utf16le')
    case 'utf-16be':
      return Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()
    case 'windows-1252':
      return encodeWindows1252(text)
  }
}

/** A NUL byte near the beginning: git's rule as well. */
function looksBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0)
}

/** A character that the end of the piece cuts is none that is wrong. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    // Not UTF-8: that is what the caller asks.
    return false
  }
}

/** Words with an accented letter here and there; not a script whose every letter is high, nor UTF-8 with a few bytes broken. */
function looksWestern(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1')
  return !/[\x80-\xff]{4}/.test(text) && !/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}/.test(text)
}

/** The bytes 0x80 to 0x9f; the five that mean nothing stand for themselves, so that every byte survives. */
const SPECIAL = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function decodeWindows1252(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return latin.replace(/[\x80-\x9f]/g, (character) => SPECIAL[character.charCodeAt(0) - 0x80] ?? character)
}

function encodeWindows1252(text: string): Buffer<ArrayBuffer> | null {
  const bytes = Buffer.alloc(text.length)
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const special =
      code > 0x7f && code < 0xa0 ? SPECIAL.indexOf(text[at] ?? '') : code > 0xff ? SPECIAL.indexOf(text[at] ?? '') : -1
    if (special >= 0) bytes[at] = 0x80 + special
    else if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) bytes[at] = code
    else return null
  }
  return bytes
}
