const openable: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** Whether the system may be asked to open it: other schemes start programs. */
export function isOpenable(url: string): boolean {
  return URL.canParse(url) && openable.has(new URL(url).protocol)
}
