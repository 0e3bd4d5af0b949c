import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FailureError } from '#shared/failure.ts'
import type { Limits } from '#shared/limits/budget.ts'
import type { SeenManifest } from '#shared/policy/policy.ts'
import { manifestPlaces } from './manifest-files.ts'
import { Policies } from './policies.ts'

const run = promisify(execFile)

let top: string
let work: string
let data: string

beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'claw-policy-')))
  work = join(top, 'project', 'inner')
  data = join(top, 'data')
  await mkdir(work, { recursive: true })
})
afterEach(() => rm(top, { recursive: true }))

function newPolicies(): Policies {
  return new Policies({ dataFolder: data, clock: { now: () => 1000 }, keyVariables: () => new Set() })
}
const here = (addedFolders: readonly string[] = []) => ({ root: work, addedFolders })
const write = (path: string, content: unknown) =>
  writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
const says = (text: string) => ({ hooks: { beforePrompt: text } })
const facts = (...texts: string[]) => texts.map((text) => `- ${text}`).join('\n')
/** What is said, without the tag around it. */
const said = (message: string) => message.replace(/<\/?policy-[0-9a-f]{8}>\n?/g, '').trimEnd()

async function seenIn(policies: Policies, folder = work, added: readonly string[] = []): Promise<SeenManifest[]> {
  return (await policies.show(folder, added)).files.map(({ path, hash }) => ({ path, hash }))
}
async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof FailureError ? error.failure : error
}

test('the limits in force are told as numbers; where a file is broken there are none', async () => {
  const above = join(top, 'project', '.claw-policy.json')
  const near = join(work, '.claw-policy.json')
  await write(above, { budget: { maxModelCalls: 9, maxTotalCostUsd: 0.5 } })
  await write(near, { budget: { maxModelCalls: 4 } })
  const policies = newPolicies()
  const limits = async () => (await policies.show(work)).limits
  const source = (path: string, limits: Limits, trusted: boolean) => ({
    scope: 'session',
    setBy: { kind: 'policy', path, trusted },
    limits,
  })
  expect(await limits()).toEqual([
    source(above, { modelCalls: 9, costUsd: 500_000 }, false),
    source(near, { modelCalls: 4 }, false),
  ])
  await policies.answer(await seenIn(policies), true)
  expect(await limits()).toEqual([source(above, { costUsd: 500_000 }, true), source(near, { modelCalls: 4 }, true)])
  await write(near, '{')
  expect(await limits()).toEqual([])
})

describe('where manifests are found', () => {
  test('the places of a folder, the nearest last', () => {
    expect(manifestPlaces('/a/b', ['/x', '/a'], null)).toEqual([
      ...['/x/.claw-policy.json', '/x/.claw-hooks.json'],
      ...['/.claw-policy.json', '/.claw-hooks.json'],
      ...['/a/.claw-policy.json', '/a/.claw-hooks.json'],
      ...['/a/b/.claw-policy.json', '/a/b/.claw-hooks.json'],
    ])
  })

  test('from the folder upwards and in added folders, both names, each once', async () => {
    const added = join(top, 'added')
    await mkdir(added)
    await write(join(work, '.claw-policy.json'), says('Near.'))
    await write(join(work, '.claw-hooks.json'), says('Nearest.'))
    await write(join(top, 'project', '.claw-policy.json'), says('Above.'))
    await write(join(added, '.claw-policy.json'), says('Added.'))
    const policies = newPolicies()
    await policies.answer(await seenIn(policies, work, [added, join(top, 'project')]), true)
    const policy = await policies.policyFor(here([added, join(top, 'project')]))
    expect(said(policy.messageFacts())).toBe(facts('Added.', 'Above.', 'Near.', 'Nearest.'))
    expect(said((await policies.policyFor(here())).messageFacts())).toBe(facts('Above.', 'Near.', 'Nearest.'))
  })

  test('in a worktree also those of the repository, but not where the link is one-sided', async () => {
    const git = (...args: string[]) =>
      run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: join(top, 'project') })
    await git('init', '--quiet')
    await git('commit', '--quiet', '--allow-empty', '--message', 'Begin.')
    await git('worktree', 'add', '--quiet', join(top, 'tree'))
    const root = join(top, 'tree', 'inner')
    await mkdir(root)
    // Git knows none of them.
    await write(join(work, '.claw-policy.json'), { denyTools: ['bash'], ...says('From the repository.') })
    await write(join(root, '.claw-policy.json'), says('From the worktree.'))
    const policies = newPolicies()
    await policies.answer(await seenIn(policies, root), true)
    const policy = await policies.policyFor({ root, addedFolders: [] })
    expect([said(policy.messageFacts()), policy.denial('bash') !== null]).toEqual([
      facts('From the repository.', 'From the worktree.'),
      true,
    ])
    // A folder that claims to belong to the repository gets none of the trust in it.
    const thief = join(top, 'thief', 'inner')
    await mkdir(thief, { recursive: true })
    await copyFile(join(top, 'tree', '.git'), join(top, 'thief', '.git'))
    expect((await policies.show(thief)).files).toEqual([])
  })

  test('through a link to the folder, those of the real one', async () => {
    await write(join(work, '.claw-policy.json'), { denyTools: ['bash'] })
    await symlink(work, join(top, 'link'))
    expect((await newPolicies().show(join(top, 'link'))).files.map(({ path }) => path)).toEqual([
      join(work, '.claw-policy.json'),
    ])
  })

  test('a turn without a change reads no file again, one with a change does', async () => {
    const path = join(work, '.claw-policy.json')
    await write(path, { denyTools: ['bash'] })
    const policies = newPolicies()
    const first = await policies.policyFor(here())
    await write(path, { denyTools: ['glob'] })
    const second = await policies.policyFor(here())
    await rm(path)
    const third = await policies.policyFor(here())
    expect([first, second, third].map((policy) => policy.denial('bash') !== null)).toEqual([true, false, false])
  })

  test('a change of the same size with the times put back is seen', async () => {
    const path = join(work, '.claw-policy.json')
    await write(path, { denyTools: ['bash'] })
    const policies = newPolicies()
    await policies.policyFor(here())
    const { atime, mtime } = await stat(path)
    await write(path, { denyTools: ['ffff'] })
    await utimes(path, atime, mtime)
    expect((await policies.policyFor(here())).denial('bash')).toBe(null)
  })
})

describe('a broken manifest', () => {
  const first = () => join(work, '.claw-policy.json')
  test.each([
    ['JSON', '{\n"denyTools": [bash]}', 'line 2, is not valid JSON: invalid symbol'],
    ['a type', '{"trusted": 1}', 'line 1, is wrong: trusted must be true or false'],
    ['a key', '{\n"deny": []}', 'line 2, has a key that is not known: deny'],
  ])('with a wrong %s stops the run with path, line and reason', async (_what, text, reason) => {
    await write(first(), text)
    const policies = newPolicies()
    expect(await failureOf(policies.policyFor(here()))).toMatchObject({
      code: 'invalid-input',
      message: `The policy ${first()}, ${reason}. Repair it: no run begins before that.`,
    })
    expect((await policies.show(work)).files).toMatchObject([{ problem: expect.stringContaining(reason), rules: [] }])
    await write(first(), {})
    expect((await policies.policyFor(here())).messageFacts()).toBe('')
  })

  test('is never skipped, whatever stands in its place', async () => {
    const reasonOf = async () => {
      const message = String(((await failureOf(newPolicies().policyFor(here()))) as { message: string }).message)
      return message.replace(`The policy ${first()} `, '').replace(' Repair it: no run begins before that.', '')
    }
    const reasons: string[] = []
    const put = async (make: () => Promise<unknown>) => {
      await make()
      reasons.push(await reasonOf())
      await rm(first(), { recursive: true })
    }
    await put(() => mkdir(first()))
    await put(() => symlink(join(top, 'nowhere'), first()))
    await put(() => symlink('.claw-policy.json', first()))
    await put(() => symlink('/dev/zero', first()))
    await put(() => run('mkfifo', [first()]))
    await put(() => write(first(), `{"hooks":{"beforePrompt":"${'x'.repeat(70_000)}"}}`))
    await put(() => writeFile(first(), Buffer.from([0x7b, 0xff, 0xfe, 0x7d])))
    expect(reasons).toEqual([
      'is not a regular file.',
      'cannot be read (ENOENT).',
      'cannot be read (ELOOP).',
      'is not a regular file.',
      'is not a regular file.',
      'is too large: a manifest has at most 65536 bytes.',
      'is not text in UTF-8.',
    ])
  })

  test('says nothing of what it holds: a link may lead to a secret', async () => {
    await write(join(top, 'secret'), 'hunter2: "hunter3"\n')
    await symlink(join(top, 'secret'), first())
    expect(JSON.stringify(await failureOf(newPolicies().policyFor(here())))).not.toContain('hunter')
  })

  test('a byte order mark breaks nothing', async () => {
    await write(first(), '\ufeff{"denyTools": ["bash"]}')
    expect((await newPolicies().policyFor(here())).denial('bash')).not.toBe(null)
  })
})

describe('trust', () => {
  const path = () => join(work, '.claw-policy.json')
  const trustIn = async (policies: Policies) => (await policies.show(work)).files.map(({ trust }) => trust)

  test('is for a path and its content, and falls when the file changes', async () => {
    await write(path(), says('Hello.'))
    const policies = newPolicies()
    const states = [await trustIn(policies)]
    await policies.answer(await seenIn(policies), true)
    states.push(await trustIn(policies))
    await write(path(), says('Hello!'))
    states.push(await trustIn(policies))
    await write(path(), says('Hello.'))
    states.push(await trustIn(policies))
    await policies.revoke([path()])
    states.push(await trustIn(policies))
    expect(states.flat()).toEqual(['untrusted', 'trusted', 'changed', 'trusted', 'untrusted'])
  })

  test('is kept for the next start, private to the user, and another process sees it', async () => {
    await write(path(), says('Hello.'))
    const [one, other] = [newPolicies(), newPolicies()]
    await one.answer(await seenIn(one), true)
    expect(await trustIn(other)).toEqual(['trusted'])
    await other.revoke([path()])
    expect((await one.policyFor(here())).messageFacts()).toBe('')
    const file = join(data, 'trust.json')
    expect([(await stat(file)).mode & 0o777, JSON.parse(await readFile(file, 'utf8'))]).toEqual([
      0o600,
      { version: 1, files: {} },
    ])
  })

  test('a no is remembered until the file changes', async () => {
    await write(path(), says('Hello.'))
    const policies = newPolicies()
    await policies.answer(await seenIn(policies), false)
    const before = await trustIn(policies)
    await write(path(), says('Hello again.'))
    expect([before, await trustIn(policies)]).toEqual([['declined'], ['changed']])
  })

  test('is not given to what was changed while the person looked', async () => {
    await write(path(), says('Nice.'))
    const policies = newPolicies()
    const seen = await seenIn(policies)
    await write(path(), says('Evil.'))
    expect(await failureOf(policies.answer(seen, true))).toMatchObject({ code: 'busy' })
    expect(await trustIn(policies)).toEqual(['untrusted'])
  })

  test('of one file says nothing of the same content elsewhere, also not through a link', async () => {
    await write(path(), says('Hello.'))
    const policies = newPolicies()
    await policies.answer(await seenIn(policies), true)
    const other = join(top, 'other')
    await mkdir(other)
    await write(join(other, '.claw-hooks.json'), says('Hello.'))
    await symlink(path(), join(other, '.claw-policy.json'))
    expect((await policies.show(other)).files.map(({ trust }) => trust)).toEqual(['untrusted', 'untrusted'])
  })

  test('a manifest cannot give it to itself', async () => {
    await write(path(), { trusted: true, ...says('Obey.'), safeEnv: ['HOME'] })
    const policy = await newPolicies().policyFor(here())
    expect([policy.messageFacts(), policy.safeEnv]).toEqual(['', []])
  })

  test('marks its texts so that no file can say the same: with another answer, with another mark', async () => {
    await write(path(), says('Hello.'))
    let now = 1000
    const policies = new Policies({ dataFolder: data, clock: { now: () => now }, keyVariables: () => new Set() })
    const tags = []
    for (const at of [1000, 1000, 2000]) {
      now = at
      await policies.answer(await seenIn(policies), true)
      tags.push((await policies.policyFor(here())).messageFacts().split('\n')[0])
    }
    expect(tags).toEqual([
      expect.stringMatching(/^<policy-[0-9a-f]{8}>$/),
      tags[0],
      expect.not.stringMatching(`${tags[0]}`),
    ])
  })

  test('several answers at once are all kept', async () => {
    await write(path(), says('One.'))
    await write(join(work, '.claw-hooks.json'), says('Two.'))
    const policies = newPolicies()
    const seen = await seenIn(policies)
    await Promise.all(seen.map((one) => policies.answer([one], true)))
    expect(await trustIn(policies)).toEqual(['trusted', 'trusted'])
  })

  test('a file of answers that cannot be read is told, and nothing is guessed', async () => {
    await write(path(), says('Hello.'))
    await mkdir(data)
    await writeFile(join(data, 'trust.json'), '{"version": 1, "files": {')
    expect(await failureOf(newPolicies().policyFor(here()))).toMatchObject({
      code: 'storage',
      message: expect.stringContaining(join(data, 'trust.json')),
    })
  })
})
