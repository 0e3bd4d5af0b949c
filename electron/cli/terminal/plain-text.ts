export { plainLine, plainText } from '#shared/plain-text.ts'
