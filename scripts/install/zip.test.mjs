import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unzipSome } from './zip.mjs'

/** @typedef {{ name: string, text: string, mode?: number, packed?: boolean }} Member */

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claw-zip-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A zip archive as bytes, written from the format's description. */
function zip(/** @type {Member[]} */ members) {
  let at = 0
  const parts = members.map(({ name, text, mode = 0o100644, packed = false }) => {
    const path = Buffer.from(name)
    const data = packed ? deflateRawSync(text) : Buffer.from(text)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(packed ? 8 : 0, 4)
    shared.writeUInt32LE(crc32(text), 10)
    shared.writeUInt32LE(data.length, 14)
    shared.writeUInt32LE(Buffer.byteLength(text), 18)
    shared.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, path, data])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE((mode << 16) >>> 0, 6)
    rest.writeUInt32LE(at, 10)
    at += local.length
    return { local, central: Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), shared, rest, path]) }
  })
  const directory = Buffer.concat(parts.map(({ central }) => central))
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  const path = join(folder, 'in.zip')
  writeFileSync(path, Buffer.concat([...parts.map(({ local }) => local), directory, end]))
  return path
}

test('chosen files are unpacked under their new names, with their rights, and others are not', async () => {
  const text = 'many words '.repeat(1000)
  const archive = zip([
    { name: 'top/', text: '' },
    { name: 'top/program', text, mode: 0o100755, packed: true },
    { name: 'top/note.txt', text: 'stored' },
    { name: 'top/empty', text: '' },
    { name: 'top/link', text: 'program', mode: 0o120777 },
    { name: 'top/left-out', text: 'x' },
  ])
  const out = join(folder, 'out')
  await unzipSome(archive, out, (name) => (name.endsWith('left-out') ? null : name.replace('top/', 'new/')))
  expect(readdirSync(join(out, 'new')).sort()).toEqual(['empty', 'link', 'note.txt', 'program'])
  expect(readFileSync(join(out, 'new/program'), 'utf8')).toBe(text)
  expect(readFileSync(join(out, 'new/note.txt'), 'utf8')).toBe('stored')
  expect(statSync(join(out, 'new/program')).mode & 0o777).toBe(0o755)
  expect(readlinkSync(join(out, 'new/link'))).toBe('program')
})

test('an entry that points outside the folder is refused', async () => {
  const archive = zip([{ name: '../outside', text: 'x' }])
  await expect(unzipSome(archive, join(folder, 'out'), (name) => name)).rejects.toThrow('points outside')
})

test('a file that is not a zip archive is refused', async () => {
  writeFileSync(join(folder, 'no.zip'), 'plain text')
  await expect(unzipSome(join(folder, 'no.zip'), folder, (name) => name)).rejects.toThrow('not a zip archive')
})
