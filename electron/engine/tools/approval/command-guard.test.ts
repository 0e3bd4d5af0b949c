import { expect, test } from 'vitest'
import { catastrophe } from './command-guard.ts'

test.each([
  'rm -rf /',
  'rm -rf /*',
  'rm -fr / --no-preserve-root',
  'rm -r -f /',
  'rm --recursive --force /',
  'sudo rm -rf /',
  'cd x && rm -rf ~',
  'rm -rf ~/',
  'rm -rf "$HOME"',
  'rm -rf $HOME/*',
  'rm -rf /home/ann',
  'rm -rf /usr /tmp/x',
  'rm -rf //',
  'true; /bin/rm -Rf /etc/',
  '(rm -rf /)',
  'echo $(rm -rf /)',
  'FOO=1 env rm -rf /',
  'chmod -R 777 /',
  'chown -R me ~',
  'find / -delete',
  'mkfs.ext4 /dev/sda1',
  'sudo mkfs /dev/sdb',
  'dd if=/dev/zero of=/dev/sda bs=1M',
  'cat x > /dev/sda',
  'shred /dev/nvme0n1',
  'wipefs -a /dev/sda',
  'parted /dev/sda mklabel gpt',
  'bash -c "cd x; rm -rf /"',
  "sudo sh -c 'rm -rf ~'",
  'eval "rm -rf /"',
  'bash <<EOF\nrm -rf /\nEOF',
  'cat <<EOF\n$(rm -rf /)\nEOF',
  'echo "$(rm -rf /)"',
  'echo `rm -rf /`',
  'cat <<EOF > a.txt\ntext\nEOF\nrm -rf /',
  'find / -exec rm -rf {} +',
  'echo x >/dev/sda',
  ':(){ :|:& };:',
  ': () { : | : & } ; :',
])('%j ruins the machine or the account', (command) => {
  expect(catastrophe(command)).not.toBeNull()
})

test.each([
  'rm -rf dist',
  'rm -rf ./node_modules',
  'rm -rf /tmp/build',
  'rm -rf "$HOME/project/dist"',
  'rm -rf ~/.cache/thing',
  'rm /',
  'rm -f file',
  'echo "rm -rf" > note.txt',
  'chmod -R u+w src',
  'chmod +x /usr/local/bin/thing',
  'find . -name "*.o" -delete',
  'dd if=/dev/zero of=disk.img bs=1M count=1',
  'dd if=a of=/dev/null',
  'ls /',
  'git push --force',
  'grep -r "mkfs" docs',
  'ls /dev > /dev/null 2>&1',
  'mkfs.ext4 -F disk.img',
  'wipefs -a disk.img',
  'fdisk -l /dev/sda',
  'cat > clean.sh <<EOF\n#!/bin/sh\nrm -rf /\nEOF',
  "cat <<'EOF' > notes.md\nNever type rm -rf / there, nor $(rm -rf /)\nEOF",
  'python3 - <<EOF\nprint("; rm -rf /")\nEOF',
  `python3 -c 'print("x; rm -rf /; y")'`,
  'git commit -m "guard: never run; rm -rf / is refused"',
  'echo "a > /dev/sda"',
  'grep -rn "rm -rf /" src',
  'true # rm -rf /',
  'echo a{b,c} && ls',
])('%j is ordinary work', (command) => {
  expect(catastrophe(command)).toBeNull()
})

test('commands in commands are looked into, and more of them than anybody means are refused at once', () => {
  const nested = (depth: number, inner: string) => `${'$('.repeat(depth)}${inner}${')'.repeat(depth)}`
  expect(catastrophe(nested(20, 'rm -rf /'))).not.toBeNull()
  // Each level costs a look at all of it: without a bound this took half a minute.
  expect(() => catastrophe(nested(300_000, 'ls'))).toThrow('too many commands in commands')
})
