/**
 * A test for paths (relative, with `/`) from a glob pattern: `*`, `?`, `[a-z]`, `{a,b}` and `**`. Without a `/` a pattern
 * fits names in any folder, like in .gitignore; a folder's name fits all that is in it.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const plain = pattern.replace(/^(\.?\/)+/, '').replace(/\/$/, '/**')
  const anywhere = plain.includes('/') ? '' : '(?:.*/)?'
  const inFolder = /[*?[{]/.test(plain) ? '' : '(?:/.*)?'
  const expression = new RegExp(`^${anywhere}${translated(plain)}${inFolder}$`, 'su')
  return (path) => expression.test(path)
}

function translated(pattern: string): string {
  let result = ''
  let braces = 0
  for (let at = 0; at < pattern.length; at += 1) {
    const rest = pattern.slice(at)
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0)
    const set = /^\[([!^]?)((?:\]|\\.|[^\]\\/])(?:\\.|[^\]\\/])*)\]/su.exec(rest)
    if (rest.startsWith('**/') && (at === 0 || pattern[at - 1] === '/')) {
      result += '(?:.*/)?'
      at += 2
    } else if (rest.startsWith('**')) {
      result += '.*'
      at += 1
    } else if (character === '*') result += '[^/]*'
    else if (character === '?') result += '[^/]'
    else if (set) {
      result += `[${set[1] ? '^/' : ''}${setBody(set[2] ?? '')}]`
      at += set[0].length - 1
    } else if (character === '{' && rest.includes('}')) {
      result += '(?:'
      braces += 1
    } else if (character === '}' && braces > 0) {
      result += ')'
      braces -= 1
    } else if (character === ',' && braces > 0) result += '|'
    else if (character === '\\' && rest.length > 1) {
      result += literal(rest[1] ?? '')
      at += 1
    } else {
      result += literal(character)
      at += character.length - 1
    }
  }
  return result + ')'.repeat(braces)
}

/** Ranges stay, everything else means itself. */
function setBody(body: string): string {
  return body
    .replace(/\\(.)/gsu, '$1')
    .replace(/[\\\]^[]/g, '\\$&')
    .replace(/[&~|{}()/]/g, '\\$&')
    .replace(/^-|-$/g, '\\-')
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, (found) => (found === '-' ? found : `\\${found}`))
}
