/** What stands at a path in the sandbox. */
export type Mount =
  /** What stands there outside, also for writing. */
  | { kind: 'writable' }
  /** What stands there outside, for reading. `missing` = it may be gone by then. */
  | { kind: 'readable'; missing?: boolean }
  /** Something else from outside, for writing. */
  | { kind: 'private'; folder: string }
  /** Something else from outside, for reading. */
  | { kind: 'copy'; file: string }
  /** An empty folder of memory. `kept` = what is written in it lasts as long as the command. */
  | { kind: 'empty'; kept?: boolean }
  /** An empty file. */
  | { kind: 'covered' }
  | { kind: 'link'; target: string }

/** Absolute paths without links, and what stands there. */
export type Plan = Map<string, Mount>

/**
 * The plan as arguments for bubblewrap: folders before what is in them. Each path is mounted once, so that what is planned
 * last for it counts.
 */
export function mountArguments(plan: Plan): string[] {
  const places = [...plan].sort(([one], [other]) => depth(one) - depth(other) || (one < other ? -1 : 1))
  return [
    ...places.flatMap(([path, mount]) => argumentsFor(path, mount)),
    // Last: mount points are made in them.
    ...places.flatMap(([path, place]) => (place.kind === 'empty' && !place.kept ? ['--remount-ro', path] : [])),
  ]
}

function argumentsFor(path: string, mount: Mount): string[] {
  switch (mount.kind) {
    case 'writable':
      return ['--bind', path, path]
    case 'readable':
      return [mount.missing ? '--ro-bind-try' : '--ro-bind', path, path]
    case 'private':
      return ['--bind', mount.folder, path]
    case 'copy':
      return ['--ro-bind', mount.file, path]
    case 'empty':
      return ['--tmpfs', path]
    case 'covered':
      return ['--ro-bind', '/dev/null', path]
    case 'link':
      return ['--symlink', mount.target, path]
  }
}

function depth(path: string): number {
  return path === '/' ? 0 : path.split('/').length
}
