/** What may be added to a command without making it another one: options by their names, and names of things to work on. */
export interface HarmlessCommand {
  options: ReadonlySet<string>
  /** Letters that may stand together behind one dash. */
  letters: string
}

/**
 * Commands whose further arguments can be allowed beforehand: with these options, and with names of files, tests, packages
 * or targets inside of the workspace, they neither write elsewhere, nor run what they are told to run, nor reach out. A
 * `*` stands for the name of a script of the project. What is not named here is not known to be harmless.
 */
const COMMANDS: readonly [commands: string, options?: string, letters?: string][] = [
  [
    'npm test, npm t, npm run *, npm run-script *',
    '-- --silent --run --coverage --verbose --bail --ci --runInBand --watch=false --if-present',
    's',
  ],
  [
    'pnpm test, pnpm run *, yarn test, yarn lint, yarn build, yarn run *, bun test, bun run *',
    '-- --silent --run --coverage --verbose --bail --watch=false',
    's',
  ],
  ['npm ls, pnpm ls', '--all --depth= --json --long --prod --dev', 'la'],
  [
    'git status',
    '--short --branch --porcelain --long --ignored --untracked-files --untracked-files= --show-stash',
    'sbu',
  ],
  [
    'git diff, git log, git show, git blame',
    '-- --stat --shortstat --numstat --name-only --name-status --oneline --patch --no-patch --all --graph --decorate --cached --staged --since= --until= --after= --before= --author= --grep= --max-count= --merges --no-merges --reverse --follow --word-diff --color=never --no-color --ignore-all-space --ignore-space-change --no-ext-diff --no-textconv --unified= --first-parent --date= --abbrev-commit --check --summary',
    'pswbniGSLMU',
  ],
  ['git ls-files', '-- --cached --modified --deleted --others --exclude-standard --stage', 'cmdos'],
  ['git rev-parse', '--show-toplevel --abbrev-ref --short --verify --is-inside-work-tree --git-dir'],
  ['git add', '-- --all --update --verbose --dry-run', 'Auvn'],
  ['git commit', '--all --message --message= --amend --no-edit --quiet --verbose --allow-empty', 'amqv'],
  ['git branch', '--all --remotes --list --show-current --verbose', 'arv'],
  [
    'cargo test, cargo build, cargo check, cargo clippy, cargo bench, cargo doc, cargo nextest run',
    '-- --all --workspace --release --lib --bins --bin --tests --test --examples --example --benches --bench --all-targets --all-features --no-default-features --features --package --quiet --verbose --no-run --offline --locked --frozen --no-fail-fast --nocapture --exact --ignored --no-deps',
    'pqv',
  ],
  ['cargo fmt', '--all --check --quiet --verbose', 'qv'],
  [
    'go test, go build, go vet, go list',
    '-v -race -short -cover -failfast -json -m -run -run= -bench -bench= -count= -timeout= -parallel= -benchmem -x -n',
  ],
  ['go fmt', '-n -x'],
  [
    'dotnet test, dotnet build, dotnet format',
    '--no-build --no-restore --configuration --verbosity --filter --framework --verify-no-changes',
    'cv',
  ],
  ['deno lint, deno fmt, deno check', '--check --quiet --json', 'q'],
  ['deno task *', ''],
  ['swift test, swift build', '--parallel --filter --quiet --verbose --configuration', 'cv'],
  [
    'mix test, mix format, mix compile',
    '--trace --failed --stale --only --exclude --seed --check-formatted --warnings-as-errors',
  ],
  ['make', '--silent --keep-going --dry-run --always-make --jobs --jobs=', 'skjnBi'],
  [
    'pytest',
    '--verbose --quiet --exitfirst --last-failed --lf --ff --failed-first --maxfail= --tb= --durations= --collect-only --no-header --cov --disable-warnings --no-summary',
    'vqxslkmr',
  ],
  ['unittest', '--verbose --quiet --failfast', 'vqfk'],
  [
    'vitest run, vitest, jest, mocha',
    '--run --coverage --watch=false --bail --ci --runInBand --verbose --silent --no-coverage --testNamePattern --grep',
    'tgu',
  ],
  ['tsc', '--noEmit --pretty --strict --skipLibCheck --build --project --listFiles', 'bp'],
  ['eslint', '--fix --quiet --max-warnings --max-warnings= --cache --no-color'],
  ['prettier', '--check --write --list-different --no-color', 'lcw'],
  ['biome check, biome lint, biome format, biome ci', '--write --fix --no-errors-on-unmatched'],
  ['ruff check, ruff format', '--fix --check --diff --quiet --verbose', 'qv'],
  ['mypy', '--strict --ignore-missing-imports --no-color-output'],
  ['ls', '--all --almost-all --human-readable --recursive --reverse --color=never', 'laAhRrtS1dFi'],
  [
    'pwd, whoami, uname, wc, head, tail, du, df, stat, basename, dirname, realpath',
    '--lines --bytes --words --human-readable --summarize',
    'lcwmnshLP',
  ],
  [
    'grep',
    '-- --recursive --line-number --ignore-case --count --files-with-matches --include= --exclude= --exclude-dir= --word-regexp --extended-regexp --fixed-strings',
    'rRniclLwEFPHhovxqABCe',
  ],
  ['diff, cmp', '--unified --recursive --brief --ignore-all-space --color=never', 'urqwbBN'],
]

/** These run the program that is named behind them. */
const RUNNERS = ['npx', 'bunx', 'pnpm exec', 'uv run', 'poetry run', 'bundle exec', 'python -m', 'python3 -m']

const known = new Map<string, HarmlessCommand>(
  COMMANDS.flatMap(([commands, options = '', letters = '']) =>
    commands
      .split(', ')
      .map((command): [string, HarmlessCommand] => [command, { options: new Set(options.split(' ')), letters }]),
  ),
)

/** The words that make a harmless command, and what may follow them; null = it is not known to be one. */
export function harmlessCommand(
  words: readonly string[],
): { prefix: readonly string[]; command: HarmlessCommand } | null {
  const runner =
    RUNNERS.map((name) => name.split(' ')).find((name) => name.every((word, at) => words[at] === word)) ?? []
  const rest = words.slice(runner.length)
  for (const length of [3, 2, 1]) {
    const own = rest.slice(0, length)
    if (own.length < length) continue
    const command = known.get(own.join(' ')) ?? scriptCommand(own)
    if (command) return { prefix: [...runner, ...own], command }
  }
  return null
}

function scriptCommand(words: readonly string[]): HarmlessCommand | undefined {
  const name = words.at(-1) ?? ''
  return /^[\w][\w:.-]*$/.test(name) ? known.get([...words.slice(0, -1), '*'].join(' ')) : undefined
}

/** Whether a word behind a harmless command leaves it harmless. */
export function isHarmlessWord(word: string, { options, letters }: HarmlessCommand): boolean {
  if (!word.startsWith('-')) return isInsideName(word)
  if (options.has(word) || /^-\d+$/.test(word)) return true
  const name = /^(--?[\w-]+=)(.*)$/s.exec(word)
  if (name) return options.has(name[1] ?? '') && isInsideName(name[2] ?? '')
  const together = /^-([A-Za-z]+)\d*$/.exec(word)?.[1] ?? ''
  return together !== '' && [...together].every((letter) => letters.includes(letter))
}

/** A name, not a way out of the workspace, not a variable that is set, and nothing that becomes an option when it is expanded. */
function isInsideName(word: string): boolean {
  return !/^[/~]|^[\w.]+=|^[*?]/.test(word) && !word.split('/').includes('..')
}
