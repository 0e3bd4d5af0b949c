import type { Outcome, World } from './world.ts'

/** Settings of the kernel that a program outside would follow. */
const KERNEL_FILES = [
  ...['kernel/hostname', 'kernel/core_pattern', 'kernel/modprobe', 'kernel/domainname', 'vm/overcommit_memory'],
  ...['vm/swappiness', 'fs/file-max', 'kernel/panic', 'kernel/sysrq', 'net/ipv4/ip_forward', 'fs/suid_dumpable'],
].map((name) => `/proc/sys/${name}`)
const OTHER_FILES = [
  ...['/proc/sysrq-trigger', '/proc/irq/default_smp_affinity', '/sys/kernel/uevent_helper', '/sys/power/state'],
  ...['/sys/kernel/mm/transparent_hugepage/enabled', '/sys/fs/cgroup/pids/cgroup.procs'],
  ...['/etc/passwd', '/etc/crontab', '/etc/ld.so.preload', '/usr/bin/true', '/boot/x', '/var/spool/cron/x'],
]

/** Only whether it can be opened for writing: nothing is written, so that a hole does no harm. */
export async function tryKernelFiles(world: World): Promise<Outcome[]> {
  const workspace = await world.workspace('kernel')
  const paths = [...KERNEL_FILES, ...OTHER_FILES]
  const command = paths.map((path, number) => `( : >>'${path}' ) 2>/dev/null && echo "OPEN ${number}"`).join('\n')
  const lines = (await world.model(workspace, `${command}\necho tried`)).split('\n')
  return paths.map((path, number) => ({
    name: `open ${path} for writing`,
    held: lines.includes('tried') && !lines.includes(`OPEN ${number}`),
  }))
}

/** Calls of the kernel that no mount covers, made by perl, which git brings along; numbers as on this processor. */
const CALLS = process.arch === 'arm64' ? { add_key: 217, keyctl: 219 } : { add_key: 248, keyctl: 250 }

/** Each leaves in `$ok` whether it worked. */
const SYSTEM_CALLS = [
  { name: 'read the keyring of the user', perl: `$ok = syscall(${CALLS.keyctl}, 0, -4, 0) >= 0` },
  { name: 'read the keyring of the session', perl: `$ok = syscall(${CALLS.keyctl}, 0, -3, 0) >= 0` },
  {
    name: 'put a key into the keyring',
    perl: `my ($t, $d, $p) = ("user", "claw", "x"); $ok = syscall(${CALLS.add_key}, $t, $d, $p, 1, -4) >= 0`,
  },
  { name: 'a socket to the host of the machine', perl: '$ok = socket(my $s, 40, 1, 0)' },
  { name: 'a socket to the crypto of the kernel', perl: '$ok = socket(my $s, 38, 5, 0)' },
  { name: 'a raw socket', perl: '$ok = socket(my $s, 2, 3, 1)' },
  { name: 'a signal to a process outside', perl: `$ok = kill(0, ${process.pid})` },
  { name: 'another name of the machine', perl: '$ok = open(my $f, ">", "/proc/sys/kernel/hostname")' },
  { name: 'the memory of the machine', perl: '$ok = open(my $f, "<", "/proc/kcore") && sysread($f, my $b, 4096)' },
  { name: 'a higher priority', perl: '$ok = defined eval { setpriority(0, 0, -15) } && getpriority(0, 0) < 0' },
]

export async function trySystemCalls(world: World): Promise<Outcome[]> {
  const workspace = await world.workspace('calls')
  const tries = SYSTEM_CALLS.map(
    ({ perl }, number) => `perl -e '${perl}; exit($ok ? 0 : 1)' 2>/dev/null && echo "DONE ${number}"`,
  )
  const output = await world.model(workspace, `${tries.join('\n')}\nperl -e 'print "tried"'`)
  const lines = output.split('\n')
  return SYSTEM_CALLS.map(({ name }, number) => ({
    name: `system call: ${name}`,
    held: lines.includes('tried') && !lines.includes(`DONE ${number}`),
  }))
}
