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
  ':(){ :|:& };:',
  ': () { : | : & } ; :',
])('%j is never run', (command) => {
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
])('%j is ordinary work', (command) => {
  expect(catastrophe(command)).toBeNull()
})
