/** An answer with all that prose can have. */
export const longAnswer = `The failing test is right and \`sum\` is wrong: it **subtracts**. I looked at every caller before I changed the sign, because two of them could have relied on it.

1. \`src/sum.js\` has one line, and its sign was wrong.
2. \`src/total.js\` adds up a list with it, so every total was negative.
3. Nothing else in this folder calls it.

| File | Lines | What happens there |
| --- | ---: | --- |
| src/sum.js | 1 | adds two numbers |
| src/total.js | 12 | adds up a whole list of numbers |

> A sum of nothing is zero. That is written in the documentation, and now there is a test for it too.

\`\`\`js
export const sum = (a, b) => a + b
\`\`\`

Run \`npm test\` once more and tell me if anything is still red.`

/** A page of short paragraphs, whose heights nobody guesses right. */
export const manyParagraphs = Array.from(
  { length: 120 },
  (_, index) =>
    `${index + 1}. Step ${index + 1} is short.${index % 7 === 0 ? ' It has a second sentence, which makes it longer.' : ''}`,
).join('\n\n')

/** A file with so many lines, among them letters that cannot be seen or turn the direction, and a line without an end. */
export function oddFile(lines: number): string {
  const odd = [
    '\u202Eevil\u202C',
    'zero\u200Bwidth',
    '\ttabs\tand\u00A0spaces',
    'x'.repeat(400),
    '\u2066inside\u2069',
    'é🙂漢字',
  ]
  return Array.from({ length: lines }, (_, index) => `const line${index} = '${odd[index % 12] ?? 'plain'}'\n`).join('')
}

/** A command of many lines, with an escape and a mark that turns the direction. */
export const oddCommand = `${Array.from({ length: 30 }, (_, index) => `echo step ${index}`).join('\n')}\nprintf '\u001b[2K\u202Egpj.exe\u202C'`
