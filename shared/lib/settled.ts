/** Milliseconds that a question must have been before a person's eyes until a click, a key or a word can be its answer. */
export const SETTLED = 400
