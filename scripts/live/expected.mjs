// @ts-check
// What the small model says (e2e/small-model/behaviours.py), as far as the checks compare it to the last byte.

export const chat = 'I am a very small model. I only know my keywords.'

export const written = 'one "quoted" line\nand a <b>second</b> line\n'

export const markdown = `## Small report

The *small* model writes **Markdown** with \`code\`.

1. first
2. second
   - nested

| name | size |
|------|-----:|
| a    |    1 |
| b    |   22 |

\`\`\`js
export const add = (a, b) => a + b
\`\`\`

> A quote, then [a link](https://example.com/).

Done.`

export const answerSchema = {
  type: 'object',
  properties: { answer: { type: 'integer' }, sure: { type: 'boolean' } },
  required: ['answer', 'sure'],
  additionalProperties: false,
}
