import { ToolProblem } from '../contract/tool-problem.ts'

/** How a shell is told to run a command. */
export interface ShellLine {
  program: string
  args: string[]
}

interface ShellLineOptions {
  command: string
  /** `bash` or `sh`. */
  shell: string
  /** A command line that runs what is appended to it in a sandbox of its own processes; empty = none. */
  wrapper: readonly string[]
  /** Files that take the number of a process that a group of limits is to hold. */
  groups: readonly string[]
  /** A soft limit that nothing else has: it marks what descends from the command. null = none. */
  mark: number | null
  /** How many processes the sandbox may have; null = as many as without it. */
  mostProcesses: number | null
}

/** The descriptors of the wrapper: on 3 its filter of system calls comes in, on this one goes out what was left at the end. */
export const REPORT_FD = 4

/** Bytes. Linux takes 128 KiB as one argument and at least 2 MiB as all of them. */
const PIECE = 96 * 1024
const LARGEST_COMMAND = 1024 * 1024

/** Closes what is open here, but for the first three. A shell that knows numbers of one digit only closes those. */
const CLOSE = `for f in /dev/fd/*; do
  f=\${f##*/}
  case $f in [012]) ;; [3-9]) eval "exec $f>&-" ;; *) [ -z "$BASH_VERSION" ] || eval "exec $f>&-" ;; esac
done; unset f`

/**
 * Both outputs go through one pipe, so that they come in the order in which they were written. When memory is short,
 * commands go first. `$1` is a soft limit, `$2` how many files of groups follow.
 */
const BEGIN = `exec 2>&1
{ echo 900 >/proc/self/oom_score_adj; ulimit -c 0; [ -z "$1" ] || ulimit -S -q "$1"; } 2>/dev/null
n=$2; shift 2
while [ "$n" -gt 0 ]; do { echo $$ >"$1"; } 2>/dev/null; shift; n=$((n-1)); done
unset n`

/** Joins a command that is too long for one argument. */
const JOIN = `c=; for p; do c=$c$p; done; set --; eval "unset c p; $c"`

/**
 * The first process in a sandbox takes all others with it: it says so when there were any. What is just about to end is
 * given a moment, without a process of its own: there may be no room for one. Its own words, such as "Killed", are not those of the command.
 */
const WATCH = `trap : TERM HUP INT
for f in /dev/fd/*; do
  f=\${f##*/}
  case $f in [0124]) ;; [3-9]) eval "exec $f>&-" ;; *) [ -z "$BASH_VERSION" ] || eval "exec $f>&-" ;; esac
done; unset f
{ [ -z "$1" ] || ulimit -u "$1" || ulimit -p "$1"; shift; } 2>/dev/null
exec 5>&2 2>/dev/null
"$@" 2>&5 4>&- 5>&-
r=$?
others() { for p in /proc/[0-9]*; do case \${p#/proc/} in 1|$$) ;; *) return 0 ;; esac; done; return 1; }
if others; then read -t 0.05 f <&4; fi
if others; then echo left >&4; fi
exit $r`

/** `ToolProblem` if the system cannot take it. */
export function shellLine(options: ShellLineOptions): ShellLine {
  const { command, shell, wrapper, groups, mark, mostProcesses } = options
  const pieces = piecesOf(command)
  const run = pieces.length === 1 ? [shell, '-c', command] : [shell, '-c', JOIN, shell, ...pieces]
  const beginning = [String(mark ?? ''), String(groups.length), ...groups]
  if (wrapper.length === 0) {
    return { program: shell, args: ['-c', `${BEGIN}; ${CLOSE}; exec "$@"`, shell, ...beginning, ...run] }
  }
  // Any shell will do: inside, what is open here is closed.
  const inside = [...wrapper, shell, '-c', WATCH, shell, String(mostProcesses ?? ''), ...run]
  return { program: 'sh', args: ['-c', `${BEGIN}; exec "$@"`, 'sh', ...beginning, ...inside] }
}

function piecesOf(command: string): string[] {
  if (Buffer.byteLength(command) > LARGEST_COMMAND) {
    throw new ToolProblem(
      'This command is too long for the system (more than 1 MiB). Write the text to a file with write_file and run that.',
      'command too long',
    )
  }
  if (Buffer.byteLength(command) <= PIECE) return [command]
  const pieces: string[] = []
  let piece = ''
  let bytes = 0
  for (const character of command) {
    const size = Buffer.byteLength(character)
    if (bytes + size > PIECE) {
      pieces.push(piece)
      piece = ''
      bytes = 0
    }
    piece += character
    bytes += size
  }
  return [...pieces, piece]
}
