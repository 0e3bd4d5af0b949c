export type Undici = typeof import('./undici-http.ts')

let loaded: Promise<Undici> | undefined

/** The parts of undici that speak HTTP, loaded when the first request is made: much of what a program does needs none. */
export function loadUndici(): Promise<Undici> {
  loaded ??= import('./undici-http.ts')
  return loaded
}
