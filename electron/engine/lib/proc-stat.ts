/**
 * When a process began, from the text of its `/proc/<pid>/stat`: opaque, the same for the life of the process. null = it is
 * dead and only not collected by its parent yet. Field 3 is the state and field 22 the start time (proc(5)).
 */
export function startInStat(stat: string): string | null {
  // The command in parentheses may hold blanks: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? '')
}

/** Where Linux names the time since the machine was last started. */
export const BOOT_ID = '/proc/sys/kernel/random/boot_id'
