const allowed: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** The address of a link that may be opened, or null: models write what they read, and that can be anything. */
export function linkTarget(href: string): string | null {
  const text = href.trim()
  const address = /^www\./i.test(text) ? `https://${text}` : text
  if (!URL.canParse(address)) return null
  return allowed.has(new URL(address).protocol) ? address : null
}

/** The file that a link without a scheme names, or null. It cannot be opened from here, but it can be read. */
export function namedFile(href: string): string | null {
  const text = href.trim()
  if (text === '' || text.startsWith('#') || text.startsWith('//') || /^[a-z][a-z\d+.-]*:/i.test(text)) return null
  return linkTarget(text) === null ? text : null
}
