// @ts-check

export const provider = 'Stand-in'
/** USD a token. */
const prices = { prompt: 0.000001, completion: 0.000002 }
/** After so many pieces of text `small:dies` loses its provider. */
const LIVES = 5
/** A comment stands between so many chunks. */
const COMMENT_EVERY = 20

/** Chunks of llama-server into those of OpenRouter (docs/servers.md B.5). */
export class OpenRouterStream {
  #options
  #chunks = 0
  #pieces = 0
  #finish = /** @type {string | null} */ (null)
  #usage = /** @type {Record<string, any> | null} */ (null)
  #thinking = new ThinkTags()
  /** The provider is lost. */
  ended = false

  /** @param {{ id: string, model: string, usageShape: number, dies: boolean }} options */
  constructor(options) {
    this.#options = options
  }

  /** @param {Record<string, any>} chunk @returns {string} frames, perhaps none */
  take(chunk) {
    if (chunk.usage) this.#usage = openRouterUsage(chunk.usage)
    const [choice] = chunk.choices ?? []
    if (!choice) return ''
    const { delta, finish_reason: finish } = choice
    if (this.#options.dies && this.#pieces >= LIVES) {
      this.ended = true
      return ''
    }
    let frames = ''
    for (const piece of this.#deltasOf(delta)) frames += this.#frame({ choices: [this.#choice(piece, null)] })
    if (finish) {
      this.#finish = finish
      frames += this.#frame({ choices: [this.#choice({ role: 'assistant', content: '' }, finish)] })
    }
    return frames
  }

  /** What comes after the last word: usage in one of the three shapes, and the end; or the error. */
  end() {
    if (this.ended || this.#finish === null) return this.broken()
    const usage = this.#usage
    const { usageShape } = this.#options
    const choices =
      usageShape === 0 ? [] : [this.#choice({ role: 'assistant', content: '' }, usageShape === 1 ? null : this.#finish)]
    return `${usage ? this.#frame({ choices, usage }) : ''}data: [DONE]\n\n`
  }

  /** Nothing follows. */
  broken() {
    const error = {
      code: 'server_error',
      message: 'Provider disconnected',
      metadata: { error_type: 'provider_unavailable' },
    }
    return this.#frame({ error, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] })
  }

  /** @param {Record<string, any>} delta @returns {Record<string, unknown>[]} */
  #deltasOf(delta) {
    const role = { role: 'assistant' }
    if (delta.tool_calls) return [{ ...role, content: null, tool_calls: delta.tool_calls }, ...this.#afterCall(delta)]
    if (typeof delta.content !== 'string') return []
    this.#pieces++
    const { reasoning, text } = this.#thinking.take(delta.content)
    return [
      ...(reasoning
        ? [
            {
              ...role,
              content: '',
              reasoning,
              reasoning_details: [{ type: 'reasoning.text', text: reasoning, format: 'unknown', index: 0 }],
            },
          ]
        : []),
      ...(text ? [{ ...role, content: text, reasoning: null, reasoning_details: [] }] : []),
    ]
  }

  /** Complete arguments may be followed by blanks (seen, and guarded against by its own library). @param {Record<string, any>} delta */
  #afterCall({ tool_calls: calls }) {
    const [call] = calls
    if (!String(call?.function?.arguments ?? '').endsWith('}')) return []
    return [{ role: 'assistant', content: null, tool_calls: [{ index: call.index, function: { arguments: ' ' } }] }]
  }

  /** @param {Record<string, unknown>} delta @param {string | null} finish */
  #choice(delta, finish) {
    return { index: 0, delta, finish_reason: finish, native_finish_reason: finish, logprobs: null }
  }

  /** @param {Record<string, unknown>} members */
  #frame(members) {
    const { id, model } = this.#options
    this.#chunks++
    const comment = this.#chunks % COMMENT_EVERY === 0 ? ': OPENROUTER PROCESSING\n\n' : ''
    const chunk = { id, provider, model, object: 'chat.completion.chunk', created: 0, ...members }
    return `${comment}data: ${JSON.stringify(chunk)}\n\n`
  }
}

/** A reply that is not streamed. @param {Record<string, any>} reply @param {{ id: string, model: string }} about */
export function wholeReply({ choices: [choice], usage }, { id, model }) {
  const thinking = new ThinkTags()
  const { content, ...message } = choice.message
  const { reasoning, text } = thinking.take(content ?? '')
  const { finish_reason: finish } = choice
  return {
    id,
    provider,
    model,
    object: 'chat.completion',
    created: 0,
    choices: [
      {
        index: 0,
        message: { ...message, content: text, refusal: null, reasoning: reasoning || null },
        finish_reason: finish,
        native_finish_reason: finish,
        logprobs: null,
      },
    ],
    usage: openRouterUsage(usage),
  }
}

/** @param {Record<string, any>} usage */
function openRouterUsage({ prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details }) {
  const cost = input * prices.prompt + output * prices.completion
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    cost,
    is_byok: false,
    prompt_tokens_details: {
      cached_tokens: details?.cached_tokens ?? 0,
      cache_write_tokens: 0,
      audio_tokens: 0,
      video_tokens: 0,
    },
    cost_details: {
      upstream_inference_cost: null,
      upstream_inference_prompt_cost: input * prices.prompt,
      upstream_inference_completions_cost: output * prices.completion,
    },
    completion_tokens_details: { reasoning_tokens: 0 },
  }
}

/** Takes `<think>…</think>` at the beginning out, whatever the pieces. */
class ThinkTags {
  #held = ''
  #inside = /** @type {boolean | null} */ (null)

  /** @param {string} content */
  take(content) {
    if (this.#inside === false) return { reasoning: '', text: content }
    this.#held += content
    if (this.#inside === null) {
      if ('<think>'.startsWith(this.#held)) return { reasoning: '', text: '' }
      this.#inside = this.#held.startsWith('<think>')
      if (this.#inside) this.#held = this.#held.slice('<think>'.length)
    }
    if (!this.#inside) return { reasoning: '', text: this.#release() }
    const end = this.#held.indexOf('</think>')
    if (end < 0) {
      const kept = /<[^>]*$/.exec(this.#held)?.[0] ?? ''
      const reasoning = this.#held.slice(0, this.#held.length - kept.length)
      this.#held = kept
      return { reasoning, text: '' }
    }
    const reasoning = this.#held.slice(0, end)
    this.#held = this.#held.slice(end + '</think>'.length)
    this.#inside = false
    return { reasoning, text: this.#release().trimStart() }
  }

  #release() {
    const held = this.#held
    this.#held = ''
    return held
  }
}
