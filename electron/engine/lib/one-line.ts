/** A path for the model. It may hold anything: as JSON where it could be taken for a line of ours, or for the end of them. */
export function oneLine(path: string): string {
  return /[\p{Cc}\u2028\u2029<>]/u.test(path)
    ? JSON.stringify(path).replace(/[\u007f-\u009f\u2028\u2029<>]/g, escaped)
    : path
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
