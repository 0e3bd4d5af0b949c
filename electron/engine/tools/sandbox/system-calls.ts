/**
 * A filter of system calls for bubblewrap (seccomp(2), a program of classic BPF), for what mounts and namespaces do not
 * reach: the keyring of the kernel, and sockets of families that know no network namespace, such as those to the host of
 * a virtual machine. null = no filter for this kind of processor.
 */
export function systemCallFilter(architecture: string = process.arch): Buffer | null {
  const calls = CALLS[architecture]
  return calls ? program(calls) : null
}

interface Calls {
  audit: number
  keys: readonly number[]
  socket: number
  /** Numbers of another interface to the same kernel start here. */
  foreign?: number
}

/** The numbers of add_key, request_key, keyctl and socket. */
const CALLS: Readonly<Record<string, Calls>> = {
  x64: { audit: 0xc000003e, keys: [248, 249, 250], socket: 41, foreign: 0x40000000 },
  arm64: { audit: 0xc00000b7, keys: [217, 218, 219], socket: 198 },
}

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: without a network they end in the sandbox. */
const FAMILIES = [1, 2, 10, 16]

const LOAD = 0x20
const IF_EQUAL = 0x15
const IF_AT_LEAST = 0x35
const RETURN = 0x06
const ALLOW = 0x7fff0000
const REFUSE = 0x00050000
const ENOSYS = 38
const EPERM = 1
const EAFNOSUPPORT = 97

/** Where `struct seccomp_data` has what; of an argument the low half. */
const NUMBER = 0
const ARCHITECTURE = 4
const FIRST_ARGUMENT = 16

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

function program({ audit, keys, socket, foreign }: Calls): Buffer {
  const instructions: Instruction[] = [
    [LOAD, 0, 0, ARCHITECTURE],
    [IF_EQUAL, 1, 0, audit],
    // Programs of 32 bits have other numbers, and a way around each.
    [RETURN, 0, 0, REFUSE | ENOSYS],
    [LOAD, 0, 0, NUMBER],
    ...(foreign === undefined ? [] : refusedIf(IF_AT_LEAST, foreign, ENOSYS)),
    ...keys.flatMap((number) => refusedIf(IF_EQUAL, number, EPERM)),
    [IF_EQUAL, 1, 0, socket],
    [RETURN, 0, 0, ALLOW],
    [LOAD, 0, 0, FIRST_ARGUMENT],
    ...FAMILIES.map((family, at): Instruction => [IF_EQUAL, FAMILIES.length - at, 0, family]),
    [RETURN, 0, 0, REFUSE | EAFNOSUPPORT],
    [RETURN, 0, 0, ALLOW],
  ]
  const bytes = Buffer.alloc(instructions.length * 8)
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(ifTrue, index * 8 + 2)
    bytes.writeUInt8(ifFalse, index * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4)
  }
  return bytes
}

function refusedIf(test: number, value: number, error: number): Instruction[] {
  return [
    [test, 0, 1, value],
    [RETURN, 0, 0, REFUSE | error],
  ]
}
