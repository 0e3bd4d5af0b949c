export interface GitSetting {
  /** In small letters, such as `core` or `submodule.lib`; the part in quotes as it is. */
  section: string
  /** In small letters. */
  name: string
  value: string
}

/**
 * The settings in a text of git's format, in their order. Enough to know where a setting points; what only git itself
 * can tell, such as a value over several lines, comes without its end.
 */
export function gitSettings(text: string): GitSetting[] {
  const settings: GitSetting[] = []
  let section = ''
  for (const line of text.split('\n')) {
    const [, head, sub, rest = ''] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\](.*)$/.exec(line) ?? []
    if (head !== undefined) section = head.toLowerCase() + (sub === undefined ? '' : `.${sub.replace(/\\(.)/g, '$1')}`)
    const [, name, value] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(head === undefined ? line : rest) ?? []
    // A name alone means yes.
    if (name !== undefined) settings.push({ section, name: name.toLowerCase(), value: unquoted(value ?? 'true') })
  }
  return settings
}

/** One setting as a text of git's format. */
export function settingLine({ section, name, value }: GitSetting): string {
  const at = section.indexOf('.')
  const escaped = (text: string) => text.replace(/["\\]/g, '\\$&')
  const head = at < 0 ? section : `${section.slice(0, at)} "${escaped(section.slice(at + 1))}"`
  return `[${head}]\n\t${name} = "${escaped(value).replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"\n`
}

function unquoted(value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"/.exec(value) ?? []
  return quoted === undefined ? value.replace(/\s*[#;].*$/, '').trim() : quoted.replace(/\\(.)/g, '$1')
}
