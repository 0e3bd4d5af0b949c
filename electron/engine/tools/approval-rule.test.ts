import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commandRule, describeCommandRule, ruleAllows } from './approval-rule.ts'
import { simpleWords } from './command-words.ts'

const bash = (command: string) => ({ name: 'bash', input: { command } })

test.each([
  // The rule that a command leads to.
  ['npm test', 'shell:npm test'],
  ['npm test -- --run src', 'shell:npm test'],
  ['npm run build', 'shell:npm run build'],
  ['npm run build -- --watch', 'shell:npm run build'],
  ['npx vitest run', 'shell:npx vitest'],
  ['pnpm test', 'shell:pnpm test'],
  ['git status', 'shell:git status'],
  ['git commit -m "a message"', 'shell:git commit'],
  ['cargo test --all', 'shell:cargo test'],
  ['go test ./...', 'shell:go test'],
  ['python -m pytest -x', 'shell:python -m pytest'],
  ['pytest tests/a.py', 'shell:pytest'],
  ['make', 'shell:make'],
  ['ls -la', 'shell:ls'],
  ['./scripts/check.sh --all', 'shell:./scripts/check.sh'],
  // Too much to give away, or not to be told: this command and nothing wider.
  ['npm install left-pad', 'shell-exactly:npm install left-pad'],
  ['npm run', 'shell-exactly:npm run'],
  ['npm exec rm', 'shell-exactly:npm exec rm'],
  ['npx -y something', 'shell-exactly:npx -y something'],
  ['pnpm exec rm x', 'shell-exactly:pnpm exec rm x'],
  ['git push', 'shell-exactly:git push'],
  ['git -c core.pager=x log', 'shell-exactly:git -c core.pager=x log'],
  ['git', 'shell-exactly:git'],
  ['rm -rf dist', 'shell-exactly:rm -rf dist'],
  ['/bin/rm x', 'shell-exactly:/bin/rm x'],
  ['sudo make', 'shell-exactly:sudo make'],
  ['node -e 1', 'shell-exactly:node -e 1'],
  ['python -c 1', 'shell-exactly:python -c 1'],
  ['bash x.sh', 'shell-exactly:bash x.sh'],
  ['find . -delete', 'shell-exactly:find . -delete'],
  ['FOO=1 make', 'shell-exactly:FOO=1 make'],
  ['npm test && rm -rf x', 'shell-exactly:npm test && rm -rf x'],
  ['npm test | tee log', 'shell-exactly:npm test | tee log'],
  ['echo $(whoami)', 'shell-exactly:echo $(whoami)'],
  ['make > log', 'shell-exactly:make > log'],
  ['"my program" x', 'shell-exactly:"my program" x'],
  ['', 'shell-exactly:'],
])('%j leads to the rule %j', (command, rule) => {
  expect(commandRule(command)).toBe(rule)
})

test.each([
  ['shell:npm test', 'npm test', true],
  ['shell:npm test', 'npm  test  --watch=false', true],
  ['shell:npm test', 'npm test -- -t "it works; really"', true],
  ['shell:npm test', "npm test -- -t 'a && b'", true],
  ['shell:npm test', 'npm tests', false],
  ['shell:npm test', 'npm testing', false],
  ['shell:npm test', 'npm', false],
  ['shell:npm test', 'xnpm test', false],
  ['shell:npm test', 'npm run test', false],
  ['shell:npm test', 'npm test; rm -rf x', false],
  ['shell:npm test', 'npm test && rm -rf x', false],
  ['shell:npm test', 'npm test || rm -rf x', false],
  ['shell:npm test', 'npm test | sh', false],
  ['shell:npm test', 'npm test & rm -rf x', false],
  ['shell:npm test', 'npm test\nrm -rf x', false],
  ['shell:npm test', 'npm test\r\nrm -rf x', false],
  ['shell:npm test', 'npm test $(rm -rf x)', false],
  ['shell:npm test', 'npm test `rm -rf x`', false],
  ['shell:npm test', 'npm test "$(rm -rf x)"', false],
  ['shell:npm test', 'npm test "`rm -rf x`"', false],
  ['shell:npm test', 'npm test > ~/.bashrc', false],
  ['shell:npm test', 'npm test < /etc/passwd', false],
  ['shell:npm test', 'npm test <(rm x)', false],
  ['shell:npm test', 'npm test $HOME', false],
  ['shell:npm test', 'npm test $[1+1]', false],
  ['shell:npm test', 'npm test \\; rm', false],
  ['shell:npm test', "npm test $'\\n' rm", false],
  ['shell:npm test', 'npm test "unclosed', false],
  ['shell:npm test', 'PATH=/evil npm test', false],
  ['shell:npm test', 'npm test # comment', false],
  ['shell:npm test', 'npm test {a,b}', false],
  ['shell:npm test', '(npm test)', false],
  ['shell:', 'rm -rf x', false],
  ['shell:npm', '', false],
  ['shell-exactly:npm test && make', 'npm test && make', true],
  ['shell-exactly:npm test && make', 'npm test && make x', false],
  ['shell-exactly:rm a', 'rm a b', false],
  ['write', 'npm test', false],
  ['anything', 'anything', false],
])('the rule %j on %j: %s', (rule, command, allowed) => {
  expect(ruleAllows(rule, bash(command))).toBe(allowed)
})

test('the rule for files covers the tools that write them, a rule for commands covers commands', () => {
  const calls = ['write_file', 'edit_file', 'bash', 'read_file'].map((name) => ({
    name,
    input: { command: 'npm test' },
  }))
  expect(calls.map((call) => ruleAllows('write', call))).toEqual([true, true, false, false])
  expect(calls.map((call) => ruleAllows('shell:npm test', call))).toEqual([false, false, true, false])
  expect(ruleAllows('shell:npm test', { name: 'bash', input: null })).toBe(false)
})

test('a person is told what a rule means', () => {
  expect([describeCommandRule('shell:npm test'), describeCommandRule('shell-exactly:rm x')]).toEqual([
    'would also allow npm test * until you close the chat',
    'would also allow exactly this command, nothing wider',
  ])
})

const piece = fc.constantFrom(
  ...[
    'npm',
    'test',
    ' ',
    '  ',
    '\t',
    ';',
    '&',
    '|',
    '$',
    '(',
    ')',
    '`',
    '"',
    "'",
    '\\',
    '\n',
    '>',
    '<',
    '#',
    '!',
    'a',
    '-x',
  ],
  ...['{', '}', ',', '~', '=', '[', ']', '%', 'ä', '\r', '\0', '*', '$x', '&&'],
)

test('every command is covered by its own rule, and by no rule when something is chained to it', () => {
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      (command) => {
        const rule = commandRule(command)
        expect(ruleAllows(rule, bash(command))).toBe(true)
        for (const chained of [';', '&&', '|', '&', '\n', '>']) {
          expect(ruleAllows(rule, bash(`${command} ${chained} rm -rf x`))).toBe(false)
        }
      },
    ),
    { numRuns: 500 },
  )
})

const run = promisify(execFile)

/** Only what bash itself reads as exactly these words, and runs nothing else for, may match a rule. */
test('what counts as a simple command is one for bash as well, with the same words', async () => {
  const quiet = fc.constantFrom(
    ...[
      'npm',
      'test',
      ' ',
      '  ',
      '\t',
      '"',
      "'",
      'a',
      '-x',
      ':',
      '=',
      '%',
      '+',
      '@',
      ',',
      '^',
      '.',
      '/',
      'ä',
      ';',
      '$',
      '&',
      '#',
    ],
  )
  const commands = fc
    .sample(
      fc.array(quiet, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
      3000,
    )
    .filter((command) => simpleWords(command) !== null)
  expect(commands.length).toBeGreaterThan(200)
  const script = commands.map((command) => `printf '%s\\0' x ${command}; printf '\\1'`).join('\n')
  const { stdout } = await run('bash', ['-c', script], { maxBuffer: 10_000_000 })
  const words = stdout
    .split('\u0001')
    .slice(0, -1)
    .map((line) => line.split('\0').slice(1, -1))
  expect(words).toEqual(commands.map((command) => simpleWords(command)))
})
