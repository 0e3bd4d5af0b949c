import { ToolProblem } from './tool-problem.ts'

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

/** The descriptors of the wrapper: its filter of system calls comes in, what was left at the end goes out. */
export const FILTER_FD = 3
export const REPORT_FD = 4

/** Bytes. Linux takes 128 KiB as one argument and at least 2 MiB as all of them. */
const PIECE = 96 * 1024
const LARGEST_COMMAND = 1024 * 1024

/**
 * Both outputs go through one pipe, so that they come in the order in which they were written. Nothing else that is open
 * here reaches the command: a desktop app's sockets and files are not all closed on exec. When memory is short, commands
 * go first. A shell that knows numbers of one digit only closes those; the rest was covered before.
 */
const BEGIN = `exec 2>&1
for f in /dev/fd/*; do
  f=\${f##*/}
  case $f in [012]) ;; ["$1"]) ;; [3-9]) eval "exec $f>&-" ;; *) [ -z "$BASH_VERSION" ] || eval "exec $f>&-" ;; esac
done
{ echo 900 >/proc/self/oom_score_adj; ulimit -c 0; [ -z "$2" ] || ulimit -S -q "$2"; } 2>/dev/null
n=$3; shift 3
while [ "$n" -gt 0 ]; do { echo $$ >"$1"; } 2>/dev/null; shift; n=$((n-1)); done
unset f n; exec "$@"`

/** Joins a command that is too long for one argument. */
const JOIN = `c=; for p; do c=$c$p; done; set --; eval "unset c p; $c"`

/**
 * The first process in a sandbox takes all others with it: it says so when there were any. What is just about to end is
 * given a moment. Its own words, such as "Killed", are not those of the command.
 */
const WATCH = `trap : TERM HUP INT
[ -z "$1" ] || ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null
shift; exec 5>&2 2>/dev/null
"$@" 2>&5 3<&- 4>&- 5>&-
r=$?
others() { for p in /proc/[0-9]*; do case \${p#/proc/} in 1|$$) ;; *) return 0 ;; esac; done; return 1; }
if others; then sleep 0.05; fi
if others; then echo left >&4; fi
exit $r`

/** `ToolProblem` if the system cannot take it. */
export function shellLine(options: ShellLineOptions): ShellLine {
  const { command, shell, wrapper, groups, mark, mostProcesses } = options
  const pieces = piecesOf(command)
  const run = pieces.length === 1 ? [shell, '-c', command] : [shell, '-c', JOIN, shell, ...pieces]
  const inside =
    wrapper.length === 0 ? run : [...wrapper, shell, '-c', WATCH, shell, String(mostProcesses ?? ''), ...run]
  const kept = wrapper.length === 0 ? 'x' : `${FILTER_FD}${REPORT_FD}`
  return {
    program: shell,
    args: ['-c', BEGIN, shell, kept, String(mark ?? ''), String(groups.length), ...groups, ...inside],
  }
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
