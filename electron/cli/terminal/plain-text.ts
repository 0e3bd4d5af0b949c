export { LOOKED_AT, visibleLine as plainLine, visibleText as plainText } from '#shared/lib/visible-text.ts'
