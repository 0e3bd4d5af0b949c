import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { each, type Outcome, put, textAt, type World } from './world.ts'

/** Makes a folder writable that is not, in two commands: `$O` is a folder outside, `$R` another repository there. */
const MOUNT_TRICKS: { name: string; first: string }[] = [
  {
    name: 'a made-up worktree whose objects are a link',
    first: `mkdir -p f/worktrees/x; ln -s "$O" f/objects; ln -s "$O" f/refs; ln -s "$O" f/logs
      echo "gitdir: $PWD/f/worktrees/x" >.git; echo "$PWD/.git" >f/worktrees/x/gitdir; echo ../.. >f/worktrees/x/commondir; echo ref: x >f/worktrees/x/HEAD`,
  },
  {
    name: 'a made-up worktree of the whole disk',
    first: `mkdir -p f/worktrees/x; ln -s / f/objects; echo "gitdir: $PWD/f/worktrees/x" >.git
      echo "$PWD/.git" >f/worktrees/x/gitdir; echo ../.. >f/worktrees/x/commondir; echo ref: x >f/worktrees/x/HEAD`,
  },
  {
    name: 'a made-up worktree that is a link itself',
    first: `ln -s "$R/.git" f; echo "gitdir: $PWD/f/worktrees/x" >.git; mkdir -p f/worktrees/x`,
  },
  {
    name: 'a made-up worktree of another repository',
    first:
      'mkdir -p f/worktrees/x; echo "$R/.git" >f/worktrees/x/commondir; echo "$PWD/.git" >f/worktrees/x/gitdir; echo ref: x >f/worktrees/x/HEAD; echo "gitdir: $PWD/f/worktrees/x" >.git',
  },
  { name: '.git as a relative link', first: 'ln -s "$(realpath --relative-to=. "$O")" .git' },
  { name: '.git as an absolute link', first: 'ln -s "$O" .git' },
  { name: '.git as a link to another repository', first: 'ln -s "$R/.git" .git' },
  { name: '.git as a file that names another repository', first: 'echo "gitdir: $R/.git" >.git' },
  { name: '.git as a file that names a folder', first: 'echo "gitdir: $O" >.git' },
  { name: '.git as a file that names its way through a link', first: 'ln -s "$R" way; echo "gitdir: way/.git" >.git' },
  {
    name: 'a common folder elsewhere',
    first: 'mkdir -p .git/objects .git/refs; echo ref: x >.git/HEAD; echo "$R/.git" >.git/commondir',
  },
  {
    name: 'objects as a link',
    first:
      'mkdir -p .git/refs; echo ref: x >.git/HEAD; ln -s "$O" .git/objects; ln -s "$O" .git/hooks; touch .git/config',
  },
  {
    name: 'settings as a link',
    first: 'mkdir -p .git/refs .git/objects; echo ref: x >.git/HEAD; ln -s "$O/a" .git/config',
  },
  {
    name: 'modules as a link',
    first: 'mkdir -p .git/refs .git/objects; touch .git/config; echo ref: x >.git/HEAD; ln -s "$R" .git/modules',
  },
  {
    name: 'a module as a link',
    first:
      'mkdir -p .git/refs .git/objects .git/modules; touch .git/config; echo ref: x >.git/HEAD; ln -s "$R/.git" .git/modules/m',
  },
  {
    name: 'a folder of hooks that leads out',
    first: 'git init -q .; git config core.hooksPath h; ln -s "$O" h; rm -rf .git/hooks; ln -s "$O" .git/hooks',
  },
  { name: 'the worktree setting of another folder', first: 'git init -q .; git config core.worktree "$O"' },
  {
    name: 'a bare repository with links',
    first: 'echo ref: x >HEAD; ln -s "$O" objects; ln -s "$O" refs; ln -s "$O" hooks; touch config',
  },
  {
    name: 'the temp folder replaced',
    first: 'rm -rf /tmp/* /tmp/.[a-z]*; ln -s "$O" /tmp/go-build; ln -s "$O" /tmp/npm',
  },
  { name: 'a tool that is a link', first: 'mkdir -p bin; ln -s "$O" bin/tool; ln -s "$O" node_modules' },
]

export async function tryMountTricks(world: World): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [number, { name, first }] of MOUNT_TRICKS.entries()) {
    const place = join(world.home, 'tricks', String(number))
    const [outside, other] = [join(place, 'outside'), join(place, 'other')]
    const targets = [join(outside, 'a'), join(outside, 'config'), join(other, 'a'), join(other, '.git/HEAD')]
    await mkdir(other, { recursive: true })
    await world.person('git init -qb main && echo 1 >a && git add -A && git commit -qm first', other)
    for (const path of targets.slice(0, 2)) await put(path, 'whole\n')
    await mkdir(join(outside, 'hooks'))
    const before = await Promise.all(targets.map(textAt))
    const workspace = await world.workspace(`trick-${number}`)
    const variables = `O='${outside}'; R='${other}'`
    await world.model(workspace, `${variables}\n${first}`)
    const made = [
      join(outside, 'new'),
      join(other, '.git/objects/new'),
      join(other, '.git/refs/new'),
      join(outside, 'hooks/new'),
    ]
    await world.model(workspace, each([...targets, ...made].map((path) => `echo broken >'${path}'`)))
    const after = await Promise.all([...targets, ...made].map(textAt))
    outcomes.push({ name: `open by ${name}`, held: after.every((text, at) => text === (before[at] ?? null)) })
  }
  return outcomes
}

/** Straight on. Each tries to make the file `$T`, which stands outside. */
const WRITES: { name: string; command: string }[] = [
  { name: 'a file', command: 'echo x >"$T"' },
  { name: 'through a link', command: 'ln -s "$T" l1; echo x >l1' },
  {
    name: 'through a link of the temp folder',
    command: 'ln -s "$(dirname "$T")" /tmp/l2; echo x >/tmp/l2/$(basename "$T")',
  },
  { name: 'by a hard link', command: 'echo x >h; ln h "$T"' },
  { name: 'by a rename', command: 'echo x >r; mv r "$T"' },
  { name: 'through /proc/self/root', command: 'echo x >"/proc/self/root$T"' },
  { name: 'through /proc/1/root', command: 'echo x >"/proc/1/root$T"' },
  { name: 'through the folder of the first process', command: 'cd /proc/1/cwd && echo x >"$T"' },
  {
    name: 'after a remount',
    command: 'mount -o remount,rw /; mount -o remount,rw,bind "$(dirname "$T")"; echo x >"$T"',
  },
  {
    name: 'after a mount of the disk',
    command: 'd=$(df / | tail -1 | cut -d" " -f1); mkdir m; mount $d m && echo x >"m$T"',
  },
  { name: 'in a new user namespace', command: `unshare -Urm sh -c 'mount -o remount,rw,bind /; echo x >"$1"' sh "$T"` },
  {
    name: 'after unmounting',
    command: `unshare -Urm sh -c 'umount -l "$2"; echo x >"$1"' sh "$T" "$HOME"; umount -l "$HOME"; echo x >"$T"`,
  },
  { name: 'in a sandbox of its own', command: 'bwrap --bind / / sh -c \'echo x >"$1"\' sh "$T"' },
  {
    name: 'by a device of its own',
    command: 'mknod d b 8 0 && dd if=/dev/zero of=d count=1; mknod /tmp/d b 254 0 && echo x >/tmp/d; echo x >"$T"',
  },
  {
    name: 'as another user',
    command: 'su nobody -s /bin/sh -c "echo x >$T"; sudo -n sh -c "echo x >$T"; setpriv --reuid 0 sh -c "echo x >$T"',
  },
  { name: 'by a program that outlives the command', command: '(setsid sh -c "sleep 0.3; echo x >$T" &)' },
  { name: 'through a start file', command: 'echo "echo x >$T" >>~/.bashrc; echo "echo x >$T" >>~/.profile' },
  {
    name: 'through a unit of the session',
    command:
      'mkdir -p ~/.config/autostart ~/.config/systemd/user; echo x >~/.config/systemd/user/a.service && echo x >"$T"',
  },
  { name: 'by chroot', command: 'chroot /proc/1/root sh -c "echo x >$T"' },
  {
    name: 'by the debugger of another process',
    command: 'for p in /proc/[0-9]*; do echo x >$p/mem; done; gdb -p 1 -batch -ex "call system(\\"echo x >$T\\")"',
  },
]

export async function tryWrites(world: World): Promise<Outcome[]> {
  const workspace = await world.workspace('writes')
  const folders = [join(world.home, 'documents'), join(world.base, 'shared')]
  for (const folder of folders) await mkdir(folder)
  await symlink(folders[0] ?? '', join(workspace.root, 'shortcut'))
  await put(join(world.home, '.bashrc'), 'true\n')
  const inputs = folders.flatMap((folder, at) =>
    WRITES.map((write, number) => ({ ...write, target: join(folder, `w${number}`), at })),
  )
  await world.model(workspace, each(inputs.map(({ command, target }) => `T='${target}'\n${command}`)))
  await world.model(workspace, 'sleep 0.4')
  await world.person('sh -l -c true; sh ~/.bashrc', world.home)
  return await Promise.all(
    inputs.map(async ({ name, target, at }) => ({
      name: `write ${at === 0 ? 'in the home folder' : 'beside it'}: ${name}`,
      held: (await textAt(target)) === null,
    })),
  )
}
