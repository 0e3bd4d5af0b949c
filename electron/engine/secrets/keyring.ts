/** The library comes with a binary of its own and stays outside of a bundle. */
export async function loadKeyring() {
  return await import('@napi-rs/keyring')
}
