import { expect, test } from 'vitest'
import { commandEnvironment } from './command-environment.ts'

test('a trusted policy passes what it names, but never what belongs to the app', () => {
  const environment = {
    DATABASE_URL: 'postgres://me:secret@host/db',
    MY_TOKEN: 'x',
    OTHER_TOKEN: 'x',
    OPENAI_API_KEY: 'x',
    CLAW_HOME: '/x',
    NODE_OPTIONS: '--require /x',
    LD_PRELOAD: '/x',
  }
  const passed = ['DATABASE_URL', 'MY_TOKEN', 'OPENAI_API_KEY', 'CLAW_HOME', 'NODE_OPTIONS', 'LD_PRELOAD', 'MISSING']
  const got = commandEnvironment(environment, passed)
  expect(Object.keys(environment).filter((name) => name in got)).toEqual(['DATABASE_URL', 'MY_TOKEN'])
})

test('a command gets what it needs to work, and nothing that opens doors', () => {
  const secrets = {
    OPENAI_API_KEY: 'x',
    OPENAI_BASE_URL: 'x',
    ANTHROPIC_AUTH_TOKEN: 'x',
    MY_SECRET: 'x',
    DB_PASSWORD: 'x',
    PGPASSWORD: 'x',
    MYSQL_PWD: 'x',
    npm_config__authToken: 'x',
    AWS_ACCESS_KEY_ID: 'x',
    GITHUB_TOKEN: 'x',
    DBUS_SESSION_BUS_ADDRESS: 'x',
    DATABASE_URL: 'postgres://me:secret@host/db',
    SENTRY_DSN: 'x',
    CLAW_HOME: '/x',
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: '--require /x',
    BASH_ENV: '/x',
    LD_PRELOAD: '/x',
    npm_lifecycle_event: 'start',
    MISSING: undefined,
  }
  const wanted = {
    PATH: '/app/node_modules/.bin:/app/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin:/usr/bin:/bin',
    HOME: '/home/ann',
    LANG: 'de_DE.UTF-8',
    USER: 'ann',
    JAVA_HOME: '/jdk',
    SSH_AUTH_SOCK: '/agent',
    npm_config_registry: 'https://registry.example/',
    PAGER: 'less',
  }
  expect(commandEnvironment({ ...secrets, ...wanted })).toEqual({
    PATH: '/usr/bin:/bin',
    HOME: '/home/ann',
    LANG: 'de_DE.UTF-8',
    USER: 'ann',
    JAVA_HOME: '/jdk',
    SSH_AUTH_SOCK: '/agent',
    npm_config_registry: 'https://registry.example/',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    GIT_TERMINAL_PROMPT: '0',
    GIT_EDITOR: 'true',
    EDITOR: 'true',
    DEBIAN_FRONTEND: 'noninteractive',
    TERM: 'dumb',
  })
})

test.each([
  ...['STRIPE_SK', 'JWT', 'PAT', 'BEARER', 'GITHUB_PAT', 'AZURE_DEVOPS_EXT_PAT', 'API_KEY', 'APIKEY', 'SERVICE_APIKEY'],
  ...['npm_config__auth', 'NPM_CONFIG__AUTHTOKEN', 'dbPassword', 'MYSQL_PWD', 'PGPASSWORD', 'PGPASS', 'DB_PASS'],
  ...[
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'HF_TOKEN',
    'GH_TOKEN',
    'CI_JOB_JWT',
    'SLACK_WEBHOOK',
    'SENTRY_DSN',
  ],
  ...[
    'SESSION_SECRET',
    'COOKIE_SECRET',
    'OAUTH2_CREDS',
    'SSH_PRIVATE_KEY',
    'SIGNING_KEY',
    'AUTHORIZATION',
    'HTTP_BEARER',
  ],
  ...['GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_STORAGE_CONNECTION_STRING', 'BIP39_MNEMONIC', 'TOTP', 'KEYSTORE_PASSWD'],
  ...['OPENAI_ORG_ID', 'ANTHROPIC_MODEL', 'CLAW_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'LD_AUDIT', 'LD_PRELOAD', 'GIT_DIR'],
])('%s reaches no command', (name) => {
  expect(commandEnvironment({ [name]: 'x' })).not.toHaveProperty(name)
})

test.each([
  ...['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'AUTHOR', 'GOPRIVATE', 'PUBLIC_KEY_PATH', 'TURKEY'],
  ...[
    'KEYBOARD_LAYOUT',
    'COMPASS_DIR',
    'XDG_SESSION_TYPE',
    'HF_HOME',
    'AWS_REGION',
    'AWS_PROFILE',
    'GITHUB_REPOSITORY',
  ],
  ...['PWD', 'OLDPWD', 'MONKEY', 'BYPASS_CACHE', 'PATTERN', 'TOKENIZERS_PARALLELISM', 'MAX_TOKENS', 'DESKTOP_SESSION'],
  ...['SSL_CERT_FILE', 'SSH_AUTH_SOCK', 'KEYCHAIN', 'PASSENGER_APP_ENV', 'SECRETARY', 'AUTHORITY', 'PRIVATEER', 'SK'],
])('%s is kept', (name) => {
  expect(commandEnvironment({ [name]: 'x' })).toHaveProperty(name, 'x')
})

test.each([
  ['an address with a password', 'https://ann:secret@host/'],
  ['an address with a token', 'https://ghx0123456789abcdef0123@host/'],
  ['a key of a known kind', `ghp_${'a'.repeat(36)}`],
  ['a signed token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
])('%s reaches no command, whatever its name is', (_what, value) => {
  expect(commandEnvironment({ HARMLESS: value })).not.toHaveProperty('HARMLESS')
})

test('keys of backends are never kept, whatever they are named and whoever passes them on', () => {
  const environment = { MYLLM: 'the-key', OTHER: 'x' }
  const got = commandEnvironment(environment, ['MYLLM', 'OTHER'], new Set(['MYLLM']))
  expect(Object.keys(environment).filter((name) => name in got)).toEqual(['OTHER'])
})
