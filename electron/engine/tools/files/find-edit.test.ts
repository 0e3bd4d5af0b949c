import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ToolProblem } from '../contract/tool-problem.ts'
import { applyEdit } from './find-edit.ts'

const edit = (text: string, oldText: string, newText: string, replaceAll = false) =>
  applyEdit(text, { oldText, newText, replaceAll }, 'a.ts')

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `const value${index} = ${index}\n`).join('')

/** Letters, blanks, quotes, line ends: what collides often. */
const snippet = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\t', '\n', '$', '&', "'"),
  minLength: 1,
  maxLength: 8,
})

describe('an exact match', () => {
  test('is replaced in the one place where it stands, byte for byte', () => {
    expect(edit('a\nb\nc\n', 'b\n', 'x\ny\n')).toEqual({
      text: 'a\nx\ny\nc\n',
      replacement: { places: [2], length: 2, text: 'x\ny\n' },
      count: 1,
      line: 2,
      note: '',
    })
  })

  test('takes the new text literally, whatever a replacement pattern would mean', () => {
    expect(edit('cost: 5', '5', "$& $1 $' $$").text).toBe("cost: $& $1 $' $$")
  })

  test('that stands in several places is refused with their lines', () => {
    expect(() => edit('x\ny\nx\nx', 'x', 'z')).toThrow(
      'old_text stands 3 times in a.ts, at lines 1, 3, 4; nothing was changed. Add lines around it until it is unique, or set replace_all.',
    )
  })

  test('in several places is replaced in all of them with replace_all', () => {
    expect(edit('x\ny\nx', 'x', 'xx', true)).toEqual({
      text: 'xx\ny\nxx',
      replacement: { places: [0, 4], length: 1, text: 'xx' },
      count: 2,
      line: 1,
      note: '',
    })
  })

  test('is always preferred: nothing but that place changes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), snippet, fc.string(), snippet, (before, oldText, after, newText) => {
        const text = `${before}${oldText}${after}`
        fc.pre(oldText !== newText && text.indexOf(oldText) === text.lastIndexOf(oldText))
        const at = text.indexOf(oldText)
        expect(edit(text, oldText, newText).text).toBe(text.slice(0, at) + newText + text.slice(at + oldText.length))
      }),
    )
  })
})

describe('a match that differs in white space', () => {
  const note =
    'old_text differed from the file in white space; the one matching place was changed, with its indentation.'
  const cases: [name: string, text: string, oldText: string, newText: string, result: string][] = [
    [
      'less indentation',
      '{\n    a()\n    b()\n}\n',
      'a()\nb()',
      'a(1)\nif (b) {\n  c()\n}',
      '{\n    a(1)\n    if (b) {\n      c()\n    }\n}\n',
    ],
    ['more indentation', 'a()\nb()\n', '    a()\n    b()', '    a()\n    c()', 'a()\nc()\n'],
    [
      'spaces for tabs',
      '\tif (x) {\n\t\ty()\n\t}\n',
      '  if (x) {\n    y()\n  }',
      '  if (x) {\n    if (z) {\n      y()\n    }\n  }',
      '\tif (x) {\n\t\tif (z) {\n\t\t\ty()\n\t\t}\n\t}\n',
    ],
    ['tabs for spaces', '  a {\n    b\n  }\n', '\ta {\n\t\tb\n\t}', '\ta {\n\t\tc\n\t}', '  a {\n    c\n  }\n'],
    ['blanks at line ends', 'a  \nb\n', 'a\nb\n', 'c\nd\n', 'c\nd\n'],
    ['blanks inside', 'const a =  1\nnext', 'const  a = 1', 'const a = 2', 'const a = 2\nnext'],
    ['a line feed at the end, where the file has none', 'x\n  a', 'a\n', 'b\nc\n', 'x\n  b\n  c\n'],
    ['blank lines that come new at the end', '  a\nb\n', 'a\n', 'a\n\n', '  a\n\nb\n'],
    ['blank lines around', 'x\n  a\ny\n', '\n\na\n\n', 'b', 'x\n  b\ny\n'],
    ['line numbers from a search', '  a()\n  b()\n', '1:   a()\n2:   b()', '1:   c()\n2:   b()', '  c()\n  b()\n'],
    ['an empty new text', 'x\n  a\ny\n', 'a \n', '', 'x\ny\n'],
  ]
  test.each(cases)('is taken when it is the only one: %s', (_name, text, oldText, newText, result) => {
    const edited = edit(text, oldText, newText)
    expect({ text: edited.text, count: edited.count }).toEqual({ text: result, count: 1 })
  })

  test('says so', () => {
    expect(edit('  a  b\n', 'a b ', 'c').note).toBe(note)
  })

  test('in several places is refused with their lines', () => {
    expect(() => edit('\ta\nb\n  a\n', 'a \t', 'c')).toThrow('white space aside it stands 2 times, at lines 1, 3')
  })

  test('is found for any text whose indentation was lost, and what is around it stays', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '(', ')'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('  ', '\t', '        '),
        (lines, indent) => {
          const block = lines.map((text) => indent + text).join('\n')
          const edited = edit(`top 1\n${block}\nend 2\n`, `${lines.join('\n')}\n\n`, 'x\n y')
          expect(edited.text).toBe(`top 1\n${indent}x\n${indent} y\nend 2\n`)
        },
      ),
    )
  })
})

describe('no match', () => {
  test('is refused with the closest lines as they stand', () => {
    const text = 'function one() {}\n\nfunction total(items) {\n  return items.length\n}\n'
    expect(() => edit(text, 'function total(item) {\n  return item.size\n}', 'x')).toThrow(
      'old_text is not in a.ts; nothing was changed. The closest is lines 3-5:\nfunction total(items) {\n  return items.length\n}',
    )
  })

  test('with nothing like it in the file says to read it again', () => {
    expect(() => edit('alpha\nbeta\n', 'zzz 123 qqq', 'x')).toThrow('Nothing in it is similar. Read the file again.')
  })

  test.each([
    ['', 'x', 'old_text is empty. To fill a file, use write_file.'],
    ['a', 'a', 'old_text and new_text are the same: there is nothing to change.'],
    ['\n \n', 'x', 'old_text is not in a.ts; nothing was changed.'],
  ])('or nothing to look for: %j to %j', (oldText, newText, message) => {
    expect(() => edit('a\nb\n', oldText, newText)).toThrow(message)
  })

  test('in a line that no person wrote shows the part that is like it, and how much there is besides', () => {
    const line = Array.from({ length: 100_000 }, (_, index) => `a${index}=${index}`).join(',')
    const failed = () => edit(`short\n${line}`, `${line.slice(500_000, 500_060)}NOT`, 'x')
    expect(failed).toThrow('The closest is line 2:\n[500000 characters] … ')
    expect(failed).toThrow(line.slice(500_000, 500_060))
    expect(failed).toThrow(/^.{300,700}$/s)
  })

  test.each([
    ['lines that are all alike', 'a\n'.repeat(2_000_000), `${'a\n'.repeat(5000)}b\n`],
    ['many different lines', numbered(300_000), 'nothing 5000\nlike this 7\n'.repeat(10)],
    ['one line', 'ab'.repeat(4_500_000), 'abababababababababababababac'],
  ])('among %s is found out in a moment', (_name, text, oldText) => {
    // What it guards against took longer than any test may.
    expect(() => edit(text, oldText, 'x')).toThrow('old_text is not in')
  })

  test('in a large file costs no more than a moment', () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `line ${index} of a long file`).join('\n')
    expect(() => edit(text, Array.from({ length: 50 }, (_, index) => `row ${index}`).join('\n'), 'x')).toThrow(
      'old_text is not in',
    )
  })
})

test('what an edit replaces leads from the one text to the other', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'b') }),
      snippet,
      snippet,
      fc.boolean(),
      (text, oldText, newText, all) => {
        const edited = outcome(() => edit(text, oldText, newText, all))
        fc.pre(edited !== null)
        const { places, length, text: part } = edited.replacement
        const result = places.reduceRight((whole, at) => whole.slice(0, at) + part + whole.slice(at + length), text)
        expect(result).toBe(edited.text)
      },
    ),
  )
})

function outcome<Value>(work: () => Value): Value | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof ToolProblem) return null
    throw error
  }
}
