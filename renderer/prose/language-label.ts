const names: Readonly<Record<string, string>> = {
  ts: 'TypeScript',
  typescript: 'TypeScript',
  tsx: 'TSX',
  js: 'JavaScript',
  javascript: 'JavaScript',
  mjs: 'JavaScript',
  jsx: 'JSX',
  json: 'JSON',
  jsonc: 'JSON',
  py: 'Python',
  python: 'Python',
  bash: 'Shell',
  sh: 'Shell',
  shell: 'Shell',
  zsh: 'Shell',
  console: 'Terminal',
  diff: 'Diff',
  patch: 'Diff',
  css: 'CSS',
  html: 'HTML',
  xml: 'XML',
  yaml: 'YAML',
  yml: 'YAML',
  toml: 'TOML',
  go: 'Go',
  rust: 'Rust',
  rs: 'Rust',
  java: 'Java',
  c: 'C',
  cpp: 'C++',
  sql: 'SQL',
  md: 'Markdown',
  markdown: 'Markdown',
  dockerfile: 'Dockerfile',
}

const plain: ReadonlySet<string> = new Set(['', 'text', 'txt', 'plaintext'])

/** Whether what stands behind a fence says that the block is in no language. */
export function isPlainText(language: string): boolean {
  return plain.has(language)
}

/** What a person calls the language behind a fence. */
export function languageLabel(language: string): string {
  if (isPlainText(language)) return 'Text'
  return (Object.hasOwn(names, language) && names[language]) || language
}
