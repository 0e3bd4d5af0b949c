import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FailureError } from '#shared/failure.ts'
import { ProfileId } from '#shared/ids.ts'
import { Profile } from '#shared/profile/profile.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { readProfileFile, writeProfileFile } from './profile-file.ts'

const id = (text: string) => ProfileId.parse(text)
const lab = testProfile('http://127.0.0.1:8000/v1', { id: id('lab'), name: 'Lab', sampling: { top_k: 20 } })
const cloud = testProfile('https://models.invalid/v1', {
  id: id('cloud'),
  name: 'Cloud',
  key: { source: 'keychain' },
  fallbackProfileId: lab.id,
})

function refusal(text: string, taken: readonly Profile[] = []): string {
  try {
    readProfileFile(text, taken)
  } catch (error) {
    if (error instanceof FailureError) return error.failure.message
    throw error
  }
  return 'taken'
}

const file = (...profiles: unknown[]) => JSON.stringify({ format: 'claw-profiles', version: 1, profiles })

it('brings back what was written', () => {
  expect(readProfileFile(writeProfileFile([lab, cloud]).text, [])).toEqual({
    profiles: [lab, cloud],
    notes: ['The key of Cloud has to be entered here.'],
  })
})

it('leaves out whatever looks like a secret, and says so', () => {
  const secretive = testProfile('https://models.invalid/v1?api-version=2&api_key=sk-1', {
    headers: { Authorization: 'Bearer sk-2', 'X-Team': 'tools' },
    extraBody: { top_k: 20, metadata: { litellm_api_key: 'sk-3', tags: ['a'] }, max_tokens: 5 },
  })
  const { text, left } = writeProfileFile([secretive])
  expect(left).toEqual(['api_key of Test', 'Authorization of Test', 'litellm_api_key of Test'])
  expect(text).not.toContain('sk-')
  expect(readProfileFile(text, []).profiles).toEqual([
    {
      ...secretive,
      baseUrl: 'https://models.invalid/v1?api-version=2',
      headers: { 'X-Team': 'tools' },
      extraBody: { top_k: 20, metadata: { tags: ['a'] }, max_tokens: 5 },
    },
  ])
})

it('gives what is taken another id and name, and follows a stand-in there', () => {
  expect(readProfileFile(file(lab, cloud), [lab])).toEqual({
    profiles: [
      { ...lab, id: 'lab-2', name: 'Lab 2' },
      { ...cloud, fallbackProfileId: 'lab-2' },
    ],
    notes: [
      'There already is a backend called Lab; this one is called Lab 2.',
      'The key of Cloud has to be entered here.',
    ],
  })
})

it('leaves out a stand-in that is nowhere, and names the variable that a key comes from', () => {
  const other = { ...cloud, key: { source: 'env', name: 'LAB_KEY' } }
  const { fallbackProfileId: _left, ...rest } = other
  expect(readProfileFile(file(other), [])).toEqual({
    profiles: [rest],
    notes: ['Cloud names a stand-in that is not here; it is left out.', 'Cloud takes its key from LAB_KEY.'],
  })
})

it.each([
  ['text', 'hello', 'This file is not JSON, so nothing was imported.'],
  [
    'another file',
    '{"profiles":[]}',
    'This file holds no backends: it was not exported from here. Nothing was imported.',
  ],
  ['an empty one', file(), 'This file holds no backends. Nothing was imported.'],
  [
    'a bad address',
    file(lab, { ...cloud, baseUrl: 'ftp://x' }),
    'Nothing was imported. Cloud: "ftp://x" is not a web address. It has to look like http://127.0.0.1:8000/v1.',
  ],
  [
    'the demo',
    file({ ...lab, kind: 'demo' }),
    'Nothing was imported. Lab: The demo backend is built in and cannot be saved.',
  ],
])('refuses %s', (_name, text, words) => {
  expect(refusal(text)).toBe(words)
})

it('says of each bad entry what is wrong, and takes none', () => {
  expect(refusal(file(lab, { ...cloud, topP: 4 }, 7))).toMatch(
    /^Nothing was imported\. Backend 2 \(Cloud\): topP is not right: .+\. Backend 3 is no backend\.$/,
  )
})

it('never makes two of one id or name, whatever is taken', () => {
  const names = fc.constantFrom('Lab', 'lab', 'Lab 2', 'Cloud')
  const some = fc.array(fc.record({ id: fc.constantFrom('lab', 'lab-2', 'cloud'), name: names }), { maxLength: 6 })
  const profiles = some.map((list) => list.map((one) => ({ ...lab, id: id(one.id), name: one.name })))
  fc.assert(
    fc.property(profiles, fc.uniqueArray(fc.constantFrom(lab, cloud)), (inFile, taken) => {
      fc.pre(inFile.length > 0)
      const all = [...taken, ...readProfileFile(file(...inFile), taken).profiles]
      expect(new Set(all.map((profile) => profile.id)).size).toBe(all.length)
      expect(new Set(all.map(({ name }) => name.toLowerCase())).size).toBe(all.length)
      for (const profile of all) expect(Profile.safeParse(profile).success).toBe(true)
    }),
  )
})
