import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { linkTarget } from './link-target.ts'
import { Prose } from './prose.tsx'

function rendered(text: string): string {
  return renderToStaticMarkup(<Prose item={{ kind: 'text', text }} />)
}

const inBlock = (markup: string) => `<div class="prose"><div class="run"><div class="block">${markup}</div></div></div>`

test('HTML is shown as it was written', () => {
  expect(rendered('<script>alert(1)</script>')).toBe(
    inBlock('<p class="as-written" dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>'),
  )
  expect(rendered('a <img src=x onerror=alert(1)> b')).toBe(
    inBlock('<p dir="auto">a &lt;img src=x onerror=alert(1)&gt; b</p>'),
  )
})

test.each([
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](file:///etc/passwd)',
  '[x](vbscript:x)',
  '[x](//example.com/x)',
  '[x](app://claw/index.html)',
  '[x][y]\n\n[y]: javascript:alert(1)',
  '<javascript:alert(1)>',
])('%s is no link', (text) => {
  expect(rendered(text)).not.toMatch(/href|src=|<script/i)
})

test('links to the web and to a mailbox are links, with their address to see', () => {
  expect(rendered('[x](https://example.com/a?b=1&c)')).toBe(
    inBlock(
      '<p dir="auto"><a class="link-text" href="https://example.com/a?b=1&amp;c" title="https://example.com/a?b=1&amp;c">x</a></p>',
    ),
  )
  expect(['http://a.b', 'https://a.b', 'mailto:me@a.b', 'www.a.b', ' https://a.b '].map(linkTarget)).toEqual([
    'http://a.b',
    'https://a.b',
    'mailto:me@a.b',
    'https://www.a.b',
    'https://a.b',
  ])
})

test('a link to a file is no link, and says which file it means', () => {
  expect(rendered('[the sum](src/sum.ts#L4), [`src/a.ts`](src/a.ts) and [top](#top)')).toBe(
    inBlock('<p dir="auto">the sum <code dir="ltr">src/sum.ts#L4</code>, <code dir="ltr">src/a.ts</code> and top</p>'),
  )
})

test('a picture is a link and never fetched', () => {
  expect(rendered('![secret](https://example.com/x.png?stolen)')).toBe(
    inBlock(
      '<p dir="auto"><a class="link-text" href="https://example.com/x.png?stolen" title="https://example.com/x.png?stolen">secret</a></p>',
    ),
  )
  expect(rendered('![secret](data:image/png;base64,AAAA)')).toBe(inBlock('<p dir="auto">secret</p>'))
})

test('entities are read once, and what they make is text', () => {
  expect(rendered('&lt;b&gt; &amp;amp; &#x41; &nope; &constructor;')).toBe(
    inBlock('<p dir="auto">&lt;b&gt; &amp;amp; A &amp;nope; &amp;constructor;</p>'),
  )
})

test('blocks become what a reader knows them as', () => {
  expect(rendered('# Title\n\n1. one\n2. *two*\n\n- [x] done\n- [ ] open\n\n> quote')).toBe(
    '<div class="prose"><div class="run">' +
      '<div class="block heading"><h2 class="head-1" dir="auto">Title</h2></div>' +
      '<div class="block"><ol start="1" dir="ltr"><li>one</li><li><em>two</em></li></ol></div>' +
      '<div class="block"><ul class="tasks" dir="ltr">' +
      '<li><span class="task done" aria-hidden="true">✓</span><span class="sr">done: </span>done</li>' +
      '<li><span class="task" aria-hidden="true"></span><span class="sr">open: </span>open</li></ul></div>' +
      '<div class="block"><blockquote dir="ltr"><p dir="auto">quote</p></blockquote></div>' +
      '</div></div>',
  )
})

test('each part has the direction of its first letter, and code reads from the left', () => {
  expect(rendered('שלום `npm`\n\n> שלום\n\n- שלום\n- one')).toBe(
    '<div class="prose"><div class="run">' +
      '<div class="block"><p dir="auto">שלום <code dir="ltr">npm</code></p></div>' +
      '<div class="block"><blockquote dir="rtl"><p dir="auto">שלום</p></blockquote></div>' +
      '<div class="block"><ul dir="rtl"><li>שלום</li><li>one</li></ul></div>' +
      '</div></div>',
  )
})

test('a line break in a cell is one, and formulas stand as they were written', () => {
  expect(rendered('|a|\n|-|\n|one<br>two|')).toContain('<td dir="auto" style="text-align:start">one<br/>two</td>')
  expect(rendered('Of \\(a_1*b*c\\), $$x_1_2$$ and \\[ x \\]: $5 or \\[x\\](y), \\* and a$$.')).toBe(
    inBlock(
      '<p dir="auto">Of <span class="formula" dir="ltr">\\(a_1*b*c\\)</span>, ' +
        '<span class="formula" dir="ltr">$$x_1_2$$</span> and ' +
        '<span class="formula" dir="ltr">\\[ x \\]</span>: $5 or [x](y), * and a$$.</p>',
    ),
  )
})

test('a table that is too wide for anybody stands as it was written', () => {
  const row = '|a'.repeat(100)
  expect(rendered(`${row}\n${'|-'.repeat(100)}\n${row}`)).toBe(
    inBlock(`<pre class="nested-code" dir="ltr">${row}\n${'|-'.repeat(100)}\n${row}</pre>`),
  )
})

test('a long answer is made of runs, and one that follows code knows it', () => {
  const parts = [...Array.from({ length: 23 }, (_, index) => `p${index}`), '```\ncode\n```', '[a]: https://a.b']
  const runs = rendered([...parts, 'last'].join('\n\n')).match(/class="run[^"]*"|p\d+|code-scroll|last/g)
  expect(runs).toEqual(['class="run"', ...parts.slice(0, 23), 'code-scroll', 'class="run after-code"', 'last'])
})

test('code that nobody can run is text in its lines', () => {
  expect(rendered('```html\n<b onclick="x()">\n```')).toContain('&lt;b onclick=&quot;x()&quot;&gt;')
})
