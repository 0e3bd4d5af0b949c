/**
 * What a command gets to know of our environment: no keys, and nothing that makes programs ask or page. A name is
 * dropped when a word of it says that it holds a secret. `passed` are kept all the same, but for those of the app itself.
 * `keys` hold keys of backends and are never kept, whatever their names are.
 */
export function commandEnvironment(
  environment: NodeJS.ProcessEnv,
  passed: readonly string[] = [],
  keys: ReadonlySet<string> = new Set(),
): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !OURS.test(entry[0]) &&
      !keys.has(entry[0]) &&
      ((passed.includes(entry[0]) && !NEVER_PASSED.test(entry[0])) ||
        !(mayHoldSecret(entry[0]) || SECRET_VALUE.test(entry[1]) || URL_WITH_PASSWORD.test(entry[1]))),
  )
  const result = { ...Object.fromEntries(kept), ...QUIET }
  return environment.npm_lifecycle_event && environment.PATH
    ? { ...result, PATH: withoutOurPrograms(environment.PATH) }
    : result
}

/** By the words of its name: those of `npm_config__authToken` are npm, config, auth and token. */
function mayHoldSecret(name: string): boolean {
  if (HARMLESS.test(name)) return false
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  if (OF_THE_APP.test(name)) return true
  if (words.length > 1 && ABOUT_ONE.has(last)) return false
  return words.some((word) => SECRET_WORD.test(word)) || (words.length > 1 && SECRET_AT_THE_END.has(last))
}

/** npm puts the programs of the project that it starts in front: ours, not those of the workspace. */
function withoutOurPrograms(path: string): string {
  return path
    .split(':')
    .filter((folder) => !/\/(node_modules\/\.bin|node-gyp-bin)$/.test(folder))
    .join(':')
}

/** Paths, addresses and numbers; git over SSH needs its agent, which is not to be found in a sandbox. */
const HARMLESS = /^(SSH_AUTH_SOCK|XDG_SESSION_\w+|DESKTOP_SESSION|SESSION_MANAGER|\w*MAX_(NEW_)?TOKENS)$/i
/** A word that says so wherever it stands. */
const SECRET_WORD =
  /^((api|app|access|secret|private|auth|account|master|signing|encryption|storage|license|service|ssh|gpg)?keys?|\w*tokens?|\w*secrets?|\w*passw(or)?ds?|passphrases?|passcodes?|(pg|db|ssh|smtp|my|user|root)?pass|credentials?|creds?|auth|oauth\d?|authorization|bearer|jwts?|pats?|cookies?|sessions?|private|pem|p12|pfx|dsn|webhooks?|otp|totp|mnemonic)$/
/** Short ones, which mean something else where they stand alone or before another. */
const SECRET_AT_THE_END = new Set(['pwd', 'pw', 'sk', 'rk', 'ak', 'sas', 'hmac', 'priv'])
/** What is said of a secret, and is none. */
const ABOUT_ONE = new Set([
  ...['path', 'paths', 'file', 'files', 'dir', 'directory', 'home', 'type', 'name', 'length', 'size', 'layout', 'ttl'],
  ...['timeout', 'expiry', 'expires', 'algorithm', 'alg', 'issuer', 'audience', 'region', 'enabled', 'method', 'count'],
  ...['limit', 'version', 'prefix', 'format'],
])
/** Of the app itself, and what opens a door without saying so. */
const OF_THE_APP = /^(OPENAI|ANTHROPIC|CLAW)_|^(DBUS_SESSION_BUS_ADDRESS|\w*CONNECTION_STRING|\w*CONN_STR)$/i
/** The key of the profile that the environment makes, and where the app keeps its data. */
const NEVER_PASSED = /^(OPENAI_API_KEY$|CLAW_)/
/** Of how the app was started; in a child they would change what `node` or `npm` is, or run code before the command. */
const OURS =
  /^(ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL_|BASH_ENV$|ENV$|BASH_FUNC_|LD_(PRELOAD|AUDIT|DEBUG_OUTPUT|PROFILE\w*)$|DYLD_INSERT_|PROMPT_COMMAND$|SHELLOPTS$|BASHOPTS$|PS4$|PYTHONSTARTUP$|PERL5OPT$|RUBYOPT$|GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|EXEC_PATH|PREFIX|QUARANTINE_PATH|ASKPASS)$|SSH_ASKPASS$|FORCE_COLOR$|INIT_CWD$|npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix))/
const URL_WITH_PASSWORD = /\w+:\/\/([^/\s:@]*:[^/\s@]+|[^/\s:@]{20,})@/
/** Whatever its name is, what begins like this is a key. */
const SECRET_VALUE =
  /^(sk-[\w-]{16}|[sr]k_(live|test)_|gh[opsru]_\w{16}|github_pat_|glpat-|xox[abprs]-|hf_\w{16}|A[KS]IA[A-Z\d]{16}$|eyJ[\w-]+\.eyJ|-----BEGIN [A-Z ]*PRIVATE)/

const QUIET = {
  TERM: 'dumb',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  EDITOR: 'true',
  DEBIAN_FRONTEND: 'noninteractive',
}
