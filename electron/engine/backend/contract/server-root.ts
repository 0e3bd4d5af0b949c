/** Where a server's own routes begin: its address without the `/v1` of the common ones (docs/servers.md A). */
export function serverRoot(base: string): string {
  return base.replace(/\/v1$/, '')
}
