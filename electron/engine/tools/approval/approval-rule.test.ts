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
  ['npx vitest run', 'shell:npx vitest run'],
  ['uv run pytest -x', 'shell:uv run pytest'],
  ['pnpm test', 'shell:pnpm test'],
  ['git status', 'shell:git status'],
  ['git commit -m "a message"', 'shell:git commit'],
  ['cargo test --all', 'shell:cargo test'],
  ['go test ./...', 'shell:go test'],
  ['python -m pytest -x', 'shell:python -m pytest'],
  ['pytest tests/a.py', 'shell:pytest'],
  ['make', 'shell:make'],
  ['ls -la', 'shell:ls'],
  ['git log --oneline -5', 'shell:git log'],
  ['git diff -U3 main..dev -- src/a.ts', 'shell:git diff'],
  ['pytest -k "not slow" -xvs', 'shell:pytest'],
  ['make -j4 build', 'shell:make'],
  ['grep -rn needle src', 'shell:grep'],
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
  ['./scripts/check.sh --all', 'shell-exactly:./scripts/check.sh --all'],
  ['npm run build -- --watch', 'shell-exactly:npm run build -- --watch'],
  ['unknown-program', 'shell-exactly:unknown-program'],
  ['', 'shell-exactly:'],
])('%j leads to the rule %j', (command, rule) => {
  expect(commandRule(command)).toBe(rule)
})

test.each([
  ['shell:npm test', 'npm test', true],
  ['shell:npm test', 'npm  test  --watch=false', true],
  ['shell:npm test', 'npm test -- "it works; really"', true],
  ['shell:npm test', "npm test -- 'a && b'", true],
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

/** Programs that run others, and arguments that make a harmless one write, run or read something else. */
test.each([
  ...[
    'python3.12 -c x',
    'nodejs -e x',
    'tsx a.ts',
    'npx tsx a.ts',
    'pwsh -c x',
    'stdbuf -o0 x',
    'flock a b',
    'busybox sh',
  ],
  ...[
    'taskset 1 x',
    'sqlite3 a.db',
    'psql -c x',
    'gcc a.c',
    'man x',
    'perf stat x',
    'chrt 1 x',
    'unshare x',
    'watchexec x',
  ],
  ...[
    'nodemon a.js',
    'ts-node a.ts',
    'php8.2 -r x',
    'lua5.4 a',
    'ruby3.1 -e x',
    'java -jar a',
    'deno run a.ts',
    'go run .',
  ],
  ...[
    'cargo run',
    'npx eslint-x',
    'uv run python -c x',
    'poetry run sh',
    'bundle exec ruby',
    'pnpm exec node',
    'python -m http.server',
  ],
  ...[
    'git log --output=a',
    'git log -p --output a',
    'git diff --output=a',
    'git diff --no-index /etc/passwd a',
    'git diff /dev/null /etc/passwd',
  ],
  ...[
    'git show --ext-diff',
    'git log --textconv',
    'git branch -D main',
    'git stash drop',
    'git commit -F /etc/passwd',
    'git add -f x',
  ],
  ...[
    'go test -exec x ./...',
    'go build -toolexec x',
    'go build -o /x',
    'go vet -vettool=x',
    'go test -ldflags=x',
    'go build -overlay=x',
  ],
  ...[
    'cargo test --config x',
    'cargo build --target-dir /x',
    'cargo test --manifest-path /x/Cargo.toml',
    'cargo test -Zx',
  ],
  ...[
    'npm test --script-shell=x',
    'npm test --prefix /x',
    'npm run build --script-shell x',
    'npm test --node-options=--import=x',
    'npm ls --prefix=/x',
  ],
  ...[
    'make SHELL=x',
    'make -f /x',
    'make -C ..',
    'make --eval=x',
    'make CC=x',
    'pytest -p x',
    'pytest -c x',
    'pytest --rootdir=/x',
    'pytest ../x',
  ],
  ...[
    'vitest --config x',
    'jest --globalSetup=x',
    'mocha --require x',
    'eslint --resolve-plugins-relative-to x',
    'eslint -c x',
    'tsc --outDir /x',
  ],
  ...[
    'prettier --plugin=x',
    'mypy --python-executable x',
    'grep -r x /etc',
    'ls ..',
    'ls ~',
    'diff a ../b',
    'tail -f x',
    'head /etc/passwd',
  ],
  ...[
    'git diff *',
    'ls *',
    'npm test *',
    'wc --files0-from=/x',
    'ls src/../..',
    'sort -o x',
    'uniq a b',
    'tree -o x',
    'date -s x',
    'rg --pre x',
  ],
])('%s is never part of anything wider than itself', (command) => {
  expect(commandRule(command)).toBe(`shell-exactly:${command}`)
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
    'would also allow npm test with other names and options, unless they make it write elsewhere or run something else, until the app or the background run ends',
    'would also allow exactly this command, nothing wider, until the app or the background run ends',
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
