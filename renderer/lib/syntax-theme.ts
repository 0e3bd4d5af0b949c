import type { ThemeRegistration } from 'shiki/core'

/** Scopes of grammars, by the class that colours them (styles/code.css). */
const scopes: Record<string, readonly string[]> = {
  k: [
    'keyword',
    'storage',
    'storage.type',
    'constant.language',
    'variable.language',
    'entity.name.tag',
    'markup.heading',
    'punctuation.definition.keyword',
  ],
  st: ['string', 'markup.inserted', 'markup.inline.raw', 'constant.character.escape', 'string.regexp'],
  nu: ['constant.numeric', 'constant.other', 'markup.deleted', 'keyword.other.unit', 'support.constant'],
  fn: [
    'entity.name.function',
    'support.function',
    'meta.function-call.generic',
    'markup.underline.link',
    'entity.other.attribute-name',
  ],
  ty: [
    'entity.name.type',
    'entity.name.class',
    'entity.other.inherited-class',
    'support.type',
    'support.class',
    'meta.diff.range',
    'entity.name.namespace',
    'support.type.property-name',
  ],
  co: ['comment', 'punctuation.definition.comment', 'meta.diff.header'],
  '': [
    'keyword.operator',
    'punctuation',
    'string meta.embedded',
    'storage.modifier.import.java',
    'meta.template.expression',
  ],
}

/**
 * A theme whose colours only stand for our classes, so that light, dark and high contrast are left to the style sheet.
 * `kinds` tells which class a colour stands for.
 */
export function syntaxTheme(): { theme: ThemeRegistration; kinds: Readonly<Record<string, string>> } {
  const entries = Object.entries(scopes).map(([kind, scope], index) => ({ kind, scope, colour: `#00000${index + 1}` }))
  return {
    theme: {
      name: 'claw',
      type: 'light',
      fg: '#000000',
      bg: '#ffffff',
      settings: entries.map(({ scope, colour }) => ({ scope: [...scope], settings: { foreground: colour } })),
    },
    kinds: Object.fromEntries(entries.map(({ kind, colour }) => [colour, kind])),
  }
}
