/** Comes with a binary of its own, and stays outside of a bundle. */
export { AsyncEntry } from '@napi-rs/keyring'
