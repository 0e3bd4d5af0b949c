import { expect, test } from 'vitest'
import { ariaKeys, commandOf, keyCaps } from './shortcuts.ts'

const press = (keys: string) => {
  const parts = keys.split('+')
  return {
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('Control'),
    metaKey: parts.includes('Meta'),
    altKey: parts.includes('Alt'),
    shiftKey: parts.includes('Shift'),
  }
}

test('keys mean the same with Control on a PC and with Command on a Mac', () => {
  const table = ['Control+n', 'Control+N', 'Control+,', 'Control+b', 'Control+1', 'Control+9', 'F6', 'Shift+F6']
  const expected = ['new-chat', 'new-chat', 'settings', 'toggle-sidebar', 0, 8, 'next-landmark', 'previous-landmark']
  expect(table.map((keys) => commandOf(press(keys), false))).toEqual(expected)
  expect(table.map((keys) => commandOf(press(keys.replace('Control', 'Meta')), true))).toEqual(expected)
})

test('keys with more modifiers, without one, or with those of the other system are left alone', () => {
  const table = ['n', '1', 'Control+0', 'Control+Shift+n', 'Control+Alt+1', 'Meta+n', 'Control+Meta+n', 'Control+F6']
  expect(table.map((keys) => commandOf(press(keys), false))).toEqual(table.map(() => null))
})

test('a shortcut is written for eyes and for readers', () => {
  expect([
    keyCaps(['mod', 'N'], false),
    keyCaps(['mod', 'N'], true),
    ariaKeys(['mod', 'N'], false),
    ariaKeys(['mod', 'N'], true),
  ]).toEqual([['Ctrl', 'N'], ['⌘', 'N'], 'Control+N', 'Meta+N'])
})
