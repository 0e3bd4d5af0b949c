// @ts-check
// In the place of two parts of undici that the engine's connections never reach: HTTP/2, which they do not offer, and the
// bodies of fetch, for requests whose body is a form. Loading Node's http2 alone is a tenth of a start.

/** @returns {never} */
export function extractBody() {
  throw new Error('A form cannot be sent: undici is built without it.')
}
