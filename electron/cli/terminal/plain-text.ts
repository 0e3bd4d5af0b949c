export { LOOKED_AT, visibleLine as plainLine, visibleText as plainText } from '#shared/visible-text.ts'
