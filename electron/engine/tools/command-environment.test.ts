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
