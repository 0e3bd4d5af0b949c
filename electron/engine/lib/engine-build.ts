declare const __ENGINE_BUILD__: string | undefined

/** Names the code of this engine: who says the same name runs the same code. Empty where it runs without a build. */
export const ENGINE_BUILD = typeof __ENGINE_BUILD__ === 'string' ? __ENGINE_BUILD__ : ''
