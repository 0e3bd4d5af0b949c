import { clawCommand } from '#shared/lib/claw-command.ts'
import { isRecord, parseJson } from '#shared/lib/json.ts'

/** A message of the conversation as it comes over the wire. */
export interface TourMessage {
  role: string
  content: unknown
  tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}

/** What the demo says next; with a call the tour goes on when its result is here. */
export interface TourStep {
  text: string
  call?: { name: string; arguments: Record<string, unknown> }
}

/** The file that the tour proposes to write. */
export const DEMO_FILE = 'claw-demo.md'

/**
 * The next step, told by the conversation alone: the first message of a person gets the tour, whatever it says, and any
 * later one an honest answer, unless it asks for the tour again. Steps whose tool is missing are left out.
 */
export function nextStep(messages: readonly TourMessage[], tools: readonly string[]): TourStep {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const first = messages.findIndex(({ role }) => role === 'user')
  if (asked !== first && !/\b(tour|demo)\b/i.test(questionOf(messages[asked]))) return { text: noModel() }
  const done = finishedCalls(messages.slice(asked + 1))
  const report = done.at(-1)
  const opening = report ? sayAbout(report) : HELLO
  const step = tourSteps.find(({ tool, wanted }) => {
    return tools.includes(tool) && !done.some(({ name }) => name === tool) && wanted(done)
  })
  if (!step) return { text: joined(opening, goodbye(done)) }
  const { text, input } = step.plan(done)
  return { text: joined(opening, text), call: { name: step.tool, arguments: input } }
}

interface FinishedCall {
  name: string
  input: Record<string, unknown>
  output: string
  ok: boolean
}

interface PlannedStep {
  tool: string
  wanted(done: readonly FinishedCall[]): boolean
  plan(done: readonly FinishedCall[]): { text: string; input: Record<string, unknown> }
}

const HELLO = `Hello! This is the built-in **demo**: a script, not a model. It does not understand what you wrote. It shows how a turn looks, with real tools in your real folder.`

const noModel = () => `This is the built-in demo: a script without any model, so it cannot answer that.

To talk to a model, add a backend: open *Backends* in the window, or run \`${clawCommand('profiles add')}\` in the terminal. Any server that speaks the OpenAI API will do, for example:

- **Ollama**: \`ollama pull qwen3-coder:30b\`, then \`OLLAMA_CONTEXT_LENGTH=32768 ollama serve\`
- **llama-server**: \`llama-server -m model.gguf --jinja -c 65536\`
- **vLLM**, **LM Studio**, **LiteLLM** or **OpenRouter**: their address and, where they want one, a key

Write "tour" to see the demo again.`

const tourSteps: readonly PlannedStep[] = [
  {
    tool: 'list_dir',
    wanted: () => true,
    plan: () => ({ text: 'First a look around. Reading needs no permission inside the folder.', input: { path: '.' } }),
  },
  {
    tool: 'read_file',
    wanted: (done) => readable(done) !== null,
    plan(done) {
      const path = readable(done) ?? ''
      return { text: `Next, the beginning of \`${path}\`.`, input: { path, start_line: 1, end_line: 40 } }
    },
  },
  {
    tool: 'write_file',
    wanted: () => true,
    plan: (done) => ({
      text: `Now a change. I would like to write a small file, \`${DEMO_FILE}\`. You see the whole change first, and nothing happens until you allow it. Deny it if you like: that is part of the tour.`,
      input: { path: DEMO_FILE, content: noteText(done) },
    }),
  },
  {
    tool: 'bash',
    wanted: () => true,
    plan(done) {
      const written = done.some(({ name, ok }) => name === 'write_file' && ok)
      const command = written ? `ls -la ${DEMO_FILE}` : 'ls -la'
      return { text: 'Last, a command. Commands ask as well, and say what they can reach.', input: { command } }
    },
  },
]

/** What came of a call, from its real result. */
function sayAbout({ name, input, output, ok }: FinishedCall): string {
  if (!ok) {
    const denied = /denied|permissions do not allow|needs an approval/i.test(output)
    return denied
      ? `That was denied, so it did not happen. A model is told so too, and goes on without it.`
      : `That did not work: ${firstLine(output)} A model would read this and try another way.`
  }
  switch (name) {
    case 'list_dir': {
      const entries = entriesOf(output)
      return entries.length === 0
        ? 'The folder is empty.'
        : `There ${entries.length === 1 ? 'is one entry' : `are ${entries.length} entries`}, among them ${entries
            .slice(0, 3)
            .map((entry) => `\`${entry}\``)
            .join(', ')}.`
    }
    case 'read_file':
      return `\`${String(input.path)}\` was read; a model would now know what it says.`
    case 'write_file':
      return `\`${DEMO_FILE}\` is written.`
    default:
      return 'The command ran; its output is above.'
  }
}

function goodbye(done: readonly FinishedCall[]): string {
  const written = done.some(({ name, ok }) => name === 'write_file' && ok)
  return `That was the tour: look, read, change, run, with your approval where it matters.${written ? ` You can delete \`${DEMO_FILE}\`.` : ''}

No model was involved: this is the demo backend. To work for real, add one under *Backends* or with \`${clawCommand('profiles add')}\`.`
}

function noteText(done: readonly FinishedCall[]): string {
  const entries = done.flatMap(({ name, output, ok }) => (name === 'list_dir' && ok ? entriesOf(output) : []))
  const seen = entries.slice(0, 10).map((entry) => `- ${entry}`)
  return [
    '# Claw demo',
    '',
    'Written by the demo backend: a script, no model.',
    '',
    'It saw here:',
    '',
    ...seen,
    '',
  ].join('\n')
}

/** README first, else the first file that looks like text; null = none was listed. */
function readable(done: readonly FinishedCall[]): string | null {
  const listing = done.find(({ name, ok }) => name === 'list_dir' && ok)
  if (!listing) return null
  const files = entriesOf(listing.output).filter((entry) => !entry.endsWith('/') && !entry.includes(' -> '))
  const readme = files.find((file) => /^readme(\.(md|txt|rst))?$/i.test(file))
  const text = files.find((file) => file !== DEMO_FILE && textFile.test(file))
  return readme ?? text ?? null
}

const textFile = /\.(md|txt|rst|json|ya?ml|toml|[cm]?[jt]sx?|py|rs|go|java|rb|c|h|cpp|cs|php|sh|html|css|sql)$/i

/** Lines of a listing; what stands in brackets is said about it. */
function entriesOf(output: string): string[] {
  return output.split('\n').filter((line) => line !== '' && !/^[[(]/.test(line))
}

function finishedCalls(messages: readonly TourMessage[]): FinishedCall[] {
  return messages.flatMap(({ tool_calls: calls = [] }) =>
    calls.flatMap((call) => {
      const result = messages.find(({ tool_call_id: id }) => id === call.id)
      if (!result) return []
      const output = String(result.content)
      return [
        { name: call.function.name, input: argumentsOf(call.function.arguments), output, ok: !/^Error\b/.test(output) },
      ]
    }),
  )
}

/** The demo never wrote a call that is no object; it only reports that it was made. */
function argumentsOf(text: string): Record<string, unknown> {
  const value = parseJson(text)
  return isRecord(value) ? value : {}
}

/** Without what the app puts in front of the first message. */
function questionOf(message: TourMessage | undefined): string {
  return String(message?.content ?? '').replace(/^<context>[\s\S]*?<\/context>/, '')
}

function firstLine(output: string): string {
  return output.replace(/^Error:\s*/, '').split('\n')[0] ?? ''
}

function joined(first: string, second: string): string {
  return `${first}\n\n${second}`
}
