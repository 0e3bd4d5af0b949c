import type { Tool } from './tool.ts'

/**
 * The tool that a name means: as models write it that learned another spelling (`functions.read_file`, `Read_File`), or
 * whose chat template left a mark on it (`read_file<|channel|>commentary`). Undefined = none, or more than one.
 */
export function toolNamed(tools: readonly Tool[], name: string): Tool | undefined {
  const exact = tools.find((tool) => tool.name === name)
  if (exact) return exact
  const meant = plain(name)
  const alike = tools.filter((tool) => plain(tool.name) === meant)
  return alike.length === 1 ? alike[0] : undefined
}

function plain(name: string): string {
  const bare = name
    .replace(/[<|].*$/s, '')
    .trim()
    .replace(/^(?:functions?|tools?|default_api)[.:]/i, '')
  return bare.toLowerCase().replaceAll('-', '_')
}
