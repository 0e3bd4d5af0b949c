import { expect, test } from 'vitest'
import { presets } from '#shared/profile/presets.ts'
import { commandLines } from './command-lines.ts'

test('a long command is folded before an option, a short one stays', () => {
  expect([commandLines(presets[0]?.command ?? ''), commandLines('lms server start')]).toEqual([
    'vllm serve Qwen/Qwen3-Coder-30B-A3B-Instruct --max-model-len 65536 \\\n  --enable-auto-tool-choice --tool-call-parser qwen3_coder',
    'lms server start',
  ])
})

test('the shell reads the folded command as the one that was given', () => {
  for (const { command } of presets) {
    expect(commandLines(command).replaceAll(' \\\n  ', ' ').replaceAll('\n', ' ')).toBe(command)
  }
})
