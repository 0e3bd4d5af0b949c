/** The third line of a preset's card: its port, or that it wants a key. */
export function presetNote({ kind, baseUrl, needsKey }: { kind: string; baseUrl: string; needsKey: boolean }): string {
  if (kind === 'custom') return 'your own address'
  const { port } = new URL(baseUrl)
  return port === '' && needsKey ? 'needs a key' : `port ${port}`
}
