import type { DoctorCheck, DoctorCheckId, DoctorRemedy } from '#shared/doctor/doctor.ts'
import { splitText } from '#shared/lib/cut-text.ts'
import { parseJson } from '#shared/lib/json.ts'
import type { ToolDefinition } from '../backend/contract/backend.ts'
import { failureOf } from './answer-checks.ts'
import { check, failedCheck } from './check.ts'
import { converse, type Heard } from './converse.ts'
import type { Examination } from './examination.ts'
import { textAt } from './json-path.ts'
import { familyOf, restartVllm, toolFlags, toolParserFor } from './vllm-flags.ts'

const weather: ToolDefinition = {
  name: 'get_weather',
  description: 'Tells the weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Name of the city' } },
    required: ['city'],
  },
}

/** A model that thinks first needs some room before it calls. */
const CALL_TOKENS = 512

/** A call, streamed or in a whole reply. false = there is no sense in asking for two. */
export async function checkToolCall(examination: Examination, stream: boolean): Promise<boolean> {
  const id = stream ? 'tools' : 'tools-whole'
  try {
    const heard = await converse(examination, {
      messages: [{ role: 'user', content: 'Use the tool get_weather for Paris. Write nothing else.' }],
      tools: [weather],
      maxOutputTokens: CALL_TOKENS,
      stream,
    })
    const result = callCheck(examination, id, heard)
    examination.put(result)
    return result.state === 'ok'
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'tools-unsupported') {
      examination.put(failedCheck(id, failure, { brief: 'tool calls fail' }))
      return false
    }
    examination.put({
      ...failedCheck(id, failure, { brief: 'tool calls are refused', remedies: switchOnTools(examination) }),
      evidence: 'The server refuses them. Without tools the agent can only talk.',
    })
    return false
  }
}

function callCheck(examination: Examination, id: DoctorCheckId, heard: Heard): DoctorCheck {
  const { stop, callPieces, totalMs: ms } = heard
  const [call] = stop.toolCalls
  if (call?.recovered) {
    return check(
      id,
      'warning',
      'The call came as text inside the answer. The app reads it, but not every such text can be read.',
      {
        brief: 'calls come as text',
        remedies: otherParser(examination),
        ms,
      },
    )
  }
  if (call) {
    const city = textAt(parseJson(call.arguments), 'city')
    if (call.name !== weather.name || !/paris/i.test(city)) {
      const [evidence] = splitText(
        `A call came, but not the one that was asked for: ${call.name} ${call.arguments}`,
        200,
      )
      return check(id, 'warning', evidence, { brief: 'a wrong tool call', ms })
    }
    const how = id === 'tools-whole' ? 'came' : callPieces > 1 ? `came in ${callPieces} pieces` : 'came whole'
    return check(id, 'ok', `${how}, the arguments were right`, { ms })
  }
  const [broken] = stop.brokenToolCalls
  if (broken && stop.finish === 'length') {
    return check(id, 'warning', `The call was not complete after ${CALL_TOKENS} tokens.`, {
      brief: 'a cut tool call',
      ms,
    })
  }
  if (broken) {
    return check(id, 'problem', `The call that came cannot be run. ${broken.problem}`, {
      brief: 'broken tool calls',
      quote: splitText(broken.arguments, 300)[0],
      remedies: otherParser(examination),
      ms,
    })
  }
  if (stop.finish === 'length') {
    const evidence = `It had not come to the call after ${CALL_TOKENS} tokens${heard.reasoning ? ', it was still thinking' : ''}.`
    return check(id, 'warning', evidence, { brief: 'no tool call yet', ms })
  }
  const leaked = /<tool_call>|<function=|\[TOOL_CALLS\]|<\|python_tag\|>|<\|tool_call|<｜tool/.test(heard.text)
  const evidence = leaked
    ? 'The call came as text inside the answer and nobody can run it.'
    : heard.text.trim() === '' && heard.reasoning.trim() !== ''
      ? 'The model only thought, or its answer came as reasoning: no call came.'
      : heard.text.trim() === ''
        ? `Nothing came: no call and no text${heard.usage?.outputTokens ? `, although ${heard.usage.outputTokens} tokens were counted` : ''}.`
        : 'The model answered in words instead of calling the tool. Models that were not trained for tools do that.'
  return check(id, leaked ? 'problem' : 'warning', evidence, {
    brief: leaked ? 'calls come as text' : 'no tool call came',
    ...(heard.text.trim() !== '' && { quote: splitText(heard.text.trim(), 300)[0] }),
    remedies: leaked ? otherParser(examination) : [],
    ms,
  })
}

/** Two calls in one answer: servers merge or lose them in their own ways. */
export async function checkParallelCalls(examination: Examination): Promise<DoctorCheck> {
  const id = 'parallel-tools'
  try {
    const heard = await converse(examination, {
      messages: [
        {
          role: 'user',
          content: 'Use the tool get_weather twice at once: for Paris and for Rome. Write nothing else.',
        },
      ],
      tools: [weather],
      maxOutputTokens: CALL_TOKENS,
    })
    const { toolCalls, brokenToolCalls } = heard.stop
    const ms = heard.totalMs
    const [broken] = brokenToolCalls
    if (broken && /\}\s*\{/.test(broken.arguments)) {
      const change = { extraBody: { parallel_tool_calls: false } }
      return check(id, 'warning', 'The server merged the two calls into one, which nobody can run.', {
        brief: 'parallel calls are merged',
        quote: splitText(broken.arguments, 300)[0],
        remedies: [
          {
            text: 'The model is then asked for one call at a time, where the server knows that wish.',
            apply: { label: 'Ask for one call at a time', change },
          },
        ],
        ms,
      })
    }
    if (broken) {
      const evidence = `${toolCalls.length} of ${toolCalls.length + brokenToolCalls.length} calls can be run. ${broken.problem}`
      return check(id, 'warning', evidence, {
        brief: 'broken parallel calls',
        quote: splitText(broken.arguments, 300)[0],
        ms,
      })
    }
    const cities = new Set(toolCalls.map((call) => textAt(parseJson(call.arguments), 'city').toLowerCase()))
    if (cities.size > 1) return check(id, 'ok', 'both came, each with its own arguments', { ms })
    if (toolCalls.length > 1) {
      return check(id, 'warning', 'Two calls came with the same arguments, although two cities were asked for.', {
        brief: 'parallel calls repeat',
        ms,
      })
    }
    if (toolCalls.length === 1)
      return check(id, 'ok', 'one call came: this model calls one tool after the other', { ms })
    return check(id, 'warning', 'No call came when two were asked for.', { brief: 'no parallel calls', ms })
  } catch (error) {
    return failedCheck(id, failureOf(error), { brief: 'parallel calls fail' })
  }
}

function switchOnTools(examination: Examination): DoctorRemedy[] {
  const { kind, model } = examination
  if (kind === 'vllm') {
    const known = toolParserFor(familyOf(examination)) !== null
    const choose = known ? '' : ', with the parser that the documentation of the model names'
    return [
      {
        text: `Start the server again with the marked flags${choose}, then test:`,
        command: restartVllm(examination, toolFlags(familyOf(examination))),
      },
    ]
  }
  if (kind === 'llama-server') {
    return [
      {
        text: 'Start the server again with the marked flag, then test:',
        command: [
          { text: `llama-server -m ${model}`, added: false },
          { text: '--jinja', added: true },
        ],
      },
    ]
  }
  if (kind === 'ollama') {
    return [{ text: 'This model knows no tools at Ollama. Choose one that does, such as qwen3-coder.' }]
  }
  return [{ text: 'Choose a model that can call tools, or switch them on at the server, then test again.' }]
}

function otherParser(examination: Examination): DoctorRemedy[] {
  const { kind } = examination
  if (kind === 'vllm') {
    const parser = toolParserFor(familyOf(examination))
    const text = parser
      ? 'The parser does not fit the model. Start the server again with the marked flags, then test:'
      : 'The parser does not fit the model. Its documentation tells which one does.'
    return [{ text, ...(parser && { command: restartVllm(examination, toolFlags(familyOf(examination))) }) }]
  }
  if (kind === 'llama-server')
    return [{ text: 'Start llama-server with --jinja, or with a newer chat template of the model.' }]
  if (kind === 'ollama')
    return [{ text: 'Pull the model again: newer versions come with a template that knows tools.' }]
  return [
    { text: 'The server does not know the form in which this model calls tools. Look there for a tool-call parser.' },
  ]
}
