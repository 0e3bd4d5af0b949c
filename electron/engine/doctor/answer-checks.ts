import type { DoctorCheck } from '#shared/doctor/doctor.ts'
import { FailureError } from '#shared/failure.ts'
import { localKinds } from '#shared/profile/presets.ts'
import type { BackendKind } from '#shared/profile/profile.ts'
import { nativeBody, speaksNative } from '../backend/ollama-native/native-request.ts'
import { readUsage } from '../backend/reply/read-usage.ts'
import { requestBody } from '../backend/request/request-body.ts'
import { check, failedCheck, time } from './check.ts'
import { converse, type Heard } from './converse.ts'
import type { Examination } from './examination.ts'
import { at, recordsAt, textAt } from './json-path.ts'
import { refusedKey } from './server-checks.ts'
import { familyOf, reasoningParserFor, restartVllm } from './vllm-flags.ts'

/** Whether answers come piece by piece, and how fast. null = there is no answer: nothing else can be asked. */
export async function checkStream(examination: Examination): Promise<Heard | null> {
  const { put, key } = examination
  try {
    const heard = await converse(examination, {
      messages: [{ role: 'user', content: 'Count from 1 to 20.' }],
      maxOutputTokens: 48,
    })
    put(withWarnings(streamCheck(heard), heard))
    return heard
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code === 'auth') {
      // Some list their models for everybody, so that only now the key is asked for.
      put(refusedKey(failure, key !== null, null))
      put(check('stream', 'not-tried', 'Not tried, the key comes first.'))
      return null
    }
    if (failure.code === 'unknown-model') {
      put(failedCheck('model', failure, { brief: 'its model is not there' }))
      put(check('stream', 'not-tried', 'Not tried, the model comes first.'))
      return null
    }
    put(failedCheck('stream', failure, { brief: 'no answer' }))
    return null
  }
}

function streamCheck(heard: Heard): DoctorCheck {
  const { pieces, firstMs, lastMs, totalMs, usage } = heard
  const tokens = usage?.outputTokens ?? pieces
  if (pieces === 0) {
    const evidence = `The answer is empty${tokens > 0 ? `, although ${tokens} tokens were counted` : ''}.`
    return check('stream', 'warning', evidence, { brief: 'empty answers', ms: totalMs })
  }
  const span = lastMs - firstMs
  const buffered = tokens >= 8 && (pieces === 1 || (span < 5 && firstMs > 500))
  if (buffered) {
    return check('stream', 'warning', `All ${tokens} tokens came at once after ${time(firstMs)}.`, {
      brief: 'answers come at once',
      remedies: [{ text: 'Something between holds the answer back. In nginx, proxy_buffering off helps.' }],
      ms: totalMs,
    })
  }
  // Without a span there is no rate worth a name.
  const rate = tokens >= 8 && span >= 20 ? `, then ${perSecond((tokens - 1) / (span / 1000))} tokens/s` : ''
  return check('stream', 'ok', `first token after ${seconds(firstMs)}${rate}`, { ms: totalMs })
}

/** What the client had to change about the request to get an answer. */
function withWarnings(made: DoctorCheck, { warnings }: Heard): DoctorCheck {
  return warnings.length === 0 ? made : { ...made, evidence: `${made.evidence}. ${warnings.join(' ')}` }
}

function perSecond(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : String(Math.round(rate))
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}

/** Whether the stream said what it used. */
export function checkUsage(examination: Examination, { usage }: Heard): DoctorCheck {
  const { kind } = examination
  if (!usage) {
    const text =
      kind === 'litellm'
        ? 'Set general_settings.always_include_stream_usage in LiteLLM’s config, then test again.'
        : 'A newer version of the server may report it.'
    const what = localKinds.has(kind)
      ? 'the share of the window is estimated'
      : 'cost and share of the window are estimated'
    return check('usage', 'warning', `None came: ${what}.`, { brief: 'no usage in the stream', remedies: [{ text }] })
  }
  if (kind === 'vllm' && usage.cachedInputTokens === null) {
    const evidence = 'Came, but without cached tokens. Cost is right, the cached share is shown as unknown.'
    return check('usage', 'warning', evidence, {
      brief: 'cached tokens not known',
      remedies: [
        {
          text: 'To see them, add the marked flag:',
          command: restartVllm(examination, '--enable-prompt-tokens-details'),
        },
      ],
    })
  }
  const counts = `${usage.inputTokens ?? '?'} in, ${usage.outputTokens ?? '?'} out`
  const cost = usage.costMicroUsd === null ? '' : ', with the cost'
  return check('usage', 'ok', `reported: ${counts}${cost}`)
}

const QUESTION = 'What is 17 times 23? Think first.'

/**
 * Where the reasoning of the model comes. Read off the wire: the client takes `<think>` out of answers, so that it cannot
 * be asked.
 */
export async function checkReasoning(examination: Examination): Promise<DoctorCheck> {
  const { probe, model, profile, spent, answerMs, kind } = examination
  try {
    const request = {
      messages: [{ role: 'user', content: QUESTION }],
      tools: [],
      maxOutputTokens: 64,
      stream: false,
    } as const
    const asked = { ...profile, model, kind }
    const release = await examination.slot()
    const began = performance.now()
    // By the other route Ollama would load the model again, with another window.
    const answer = await (speaksNative(asked)
      ? probe.ask(`${probe.root}/api/chat`, { body: nativeBody(request, asked).text, ms: answerMs })
      : probe.ask(`${probe.server.address.base}/chat/completions`, {
          body: requestBody(request, asked).text,
          ms: answerMs,
        })
    ).finally(release)
    if (answer.status !== 200) throw probe.refusal(answer)
    const ms = performance.now() - began
    // Ollama's own route has the message and the counts at the top.
    const { usage } = readUsage(at(answer.json, 'usage') ?? answer.json)
    spent.add(usage, 80)
    const message = recordsAt(answer.json, 'choices')[0]?.message ?? at(answer.json, 'message')
    const field = ['reasoning', 'reasoning_content', 'thinking'].find((name) => textAt(message, name) !== '')
    const hasText = textAt(message, 'content').trim() !== ''
    const finish = textAt(recordsAt(answer.json, 'choices')[0], 'finish_reason')
    if (field && !hasText && finish === 'stop') return onlyReasoned(field, kind, ms)
    if (field) return check('reasoning', 'ok', `comes in a field of its own, ${field}`, { ms })
    if (!/<\/?think>/.test(textAt(message, 'content')))
      return check('reasoning', 'ok', 'none came from this model', { ms })
    const evidence = 'It comes inside the answer, between <think> tags. The app takes it out.'
    const parser = reasoningParserFor(familyOf(examination))
    const remedies =
      kind === 'vllm' && parser
        ? [
            {
              text: 'For a field of its own, add the marked flag:',
              command: restartVllm(examination, `--reasoning-parser ${parser}`),
            },
          ]
        : []
    return check('reasoning', 'warning', evidence, { brief: 'reasoning inside answers', remedies, ms })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code === 'invalid-request') {
      return check('reasoning', 'not-tried', 'Not known: the server did not take the question as it was asked.')
    }
    return { ...failedCheck('reasoning', failure, { brief: 'no whole reply' }), state: 'warning' }
  }
}

/** A model that thinks would have answered; one that does not is taken for one that does. */
function onlyReasoned(field: string, kind: BackendKind, ms: number): DoctorCheck {
  const evidence = `The whole answer came as reasoning, in the field ${field}, and no text. The app then takes the reasoning for the answer.`
  const text =
    kind === 'vllm'
      ? 'If the model does not think, start the server again without --reasoning-parser, then test.'
      : 'If the model does not think, start the server again without its reasoning parser, then test.'
  return check('reasoning', 'warning', evidence, { brief: 'answers come as reasoning', remedies: [{ text }], ms })
}

/** Where a system message may stand. */
export async function checkSystem(examination: Examination): Promise<DoctorCheck> {
  const began = performance.now()
  const system = { role: 'system', content: 'Answer in one word.' } as const
  const question = { role: 'user', content: 'Say yes.' } as const
  const answer = { role: 'assistant', content: 'Yes.', toolCalls: [] } as const
  const refused = async (messages: readonly (typeof system | typeof question | typeof answer)[]) => {
    try {
      await converse(examination, { messages, maxOutputTokens: 8 })
      return null
    } catch (error) {
      const failure = failureOf(error)
      // The rule is in the words of a refusal; anything else says nothing about it.
      if (failure.code === 'invalid-request' || failure.code === 'server-error') return failure
      throw error
    }
  }
  try {
    const atStart = await refused([system, question])
    if (atStart) {
      return failedCheck('system', atStart, {
        brief: 'system messages are refused',
        remedies: [{ text: 'The chat template of the model knows no system message. Serve it with another one.' }],
        ms: performance.now() - began,
      })
    }
    const inside = await refused([system, question, answer, system, question])
    const ms = performance.now() - began
    if (!inside) return check('system', 'ok', 'accepted at the start; a second one in the middle too', { ms })
    const evidence = 'accepted at the start; a second one in the middle is refused, and this app sends none'
    return check('system', 'ok', evidence, { ms })
  } catch (error) {
    return failedCheck('system', failureOf(error), { brief: 'no answer' })
  }
}

/** The failure of the server that an error carries. Throws again what is no failure of the server, and an abort. */
export function failureOf(error: unknown): FailureError['failure'] {
  if (!(error instanceof FailureError) || error.failure.code === 'aborted') throw error
  return error.failure
}
