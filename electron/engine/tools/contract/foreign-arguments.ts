/** How other agents call the parameters that these tools have: a model that learned there means the same. */
const OTHER_NAMES: Record<string, readonly string[]> = {
  path: ['file_path', 'filePath', 'filepath', 'filename', 'file', 'target_file', 'dir_path', 'directory', 'folder'],
  content: ['contents', 'file_text', 'text'],
  old_text: ['old_string', 'old_str', 'oldString', 'oldText'],
  new_text: ['new_string', 'new_str', 'newString', 'newText'],
  replace_all: ['replaceAll'],
  pattern: ['query', 'regex', 'glob', 'glob_pattern'],
  command: ['cmd', 'script'],
  start_line: ['startLine', 'line_start', 'offset'],
  end_line: ['endLine', 'line_end'],
}

/** What models say of a call; it changes nothing. */
export const REMARKS = new Set(['description', 'explanation', 'reason', 'thought', 'purpose'])

/** The arguments under the tool's own names, where they have others that can mean one of them only. */
export function ownNames(
  given: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = { ...given }
  for (const name of Object.keys(properties)) {
    const others = (OTHER_NAMES[name] ?? []).filter((other) => other in result && !(other in properties))
    const [other] = others
    if (name in result || other === undefined || others.length > 1) continue
    // Where lines are counted from 0, the first one is meant; which lines were read is said with them.
    result[name] = other === 'offset' && Number(result[other]) === 0 ? 1 : result[other]
    delete result[other]
  }
  return withLineLimit(result, properties)
}

/** `limit` = so many lines. */
function withLineLimit(
  given: Record<string, unknown>,
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (!('start_line' in properties)) return given
  const { limit, ...rest } = given
  const lines = Number(limit)
  if (limit === undefined || 'end_line' in rest || !Number.isInteger(lines) || lines < 1) return given
  return { ...rest, end_line: Number(rest.start_line ?? 1) + lines - 1 }
}
