/**
 * What a command gets to know of our environment: no keys, and nothing that makes programs ask or page. A name is
 * dropped when it may hold a secret; the loss of a harmless one is the smaller harm. `passed` are kept all the same,
 * but for those of the app itself.
 */
export function commandEnvironment(
  environment: NodeJS.ProcessEnv,
  passed: readonly string[] = [],
): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !OURS.test(entry[0]) &&
      ((passed.includes(entry[0]) && !NEVER_PASSED.test(entry[0])) ||
        ((!SECRET.test(entry[0]) || entry[0] === AGENT) && !URL_WITH_PASSWORD.test(entry[1]))),
  )
  const result = { ...Object.fromEntries(kept), ...QUIET }
  return environment.npm_lifecycle_event && environment.PATH
    ? { ...result, PATH: withoutOurPrograms(environment.PATH) }
    : result
}

/** npm puts the programs of the project that it starts in front: ours, not those of the workspace. */
function withoutOurPrograms(path: string): string {
  return path
    .split(':')
    .filter((folder) => !/\/(node_modules\/\.bin|node-gyp-bin)$/.test(folder))
    .join(':')
}

/** Only a path; git over SSH needs it, and in a sandbox nothing is to be found there. */
const AGENT = 'SSH_AUTH_SOCK'
const SECRET =
  /KEY|TOKEN|SECRET|PASS|_PWD$|CREDENTIAL|AUTH|COOKIE|SESSION|PRIVATE|^(OPENAI|ANTHROPIC|AZURE|GOOGLE|GEMINI|AWS|GH|GITHUB|GITLAB|HF|CLAW)_|WEBHOOK|DSN$|CONNECTION_STRING/i
/** The key of the profile that the environment makes, and where the app keeps its data. */
const NEVER_PASSED = /^(OPENAI_API_KEY$|CLAW_)/
/** Of how the app was started; in a child they would change what `node` or `npm` is, or run code before the command. */
const OURS =
  /^(ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL_|BASH_ENV$|ENV$|BASH_FUNC_|LD_PRELOAD$|DYLD_INSERT_|FORCE_COLOR$|INIT_CWD$|npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix))/
const URL_WITH_PASSWORD = /\w+:\/\/[^/\s:@]*:[^/\s@]+@/

const QUIET = {
  TERM: 'dumb',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  GIT_EDITOR: 'true',
  EDITOR: 'true',
  DEBIAN_FRONTEND: 'noninteractive',
}
