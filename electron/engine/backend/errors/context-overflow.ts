import type { Failure } from '#shared/failure.ts'

type Numbers = Pick<NonNullable<Failure['details']>, 'contextWindow' | 'promptTokens' | 'requestedTokens'>

/** The ways in which servers say that a prompt does not fit (docs/servers.md D.3). */
const overflow =
  /maximum context length|context length is only|context size|exceed_context_size|context_length_exceeded|ContextWindowExceeded|longer than the (model's )?context length|exceeds? (the )?(available )?context|maximum input length|context limit|when (the )?context (the )?overflows|context length of only|tokens to keep from the initial prompt|prompt is too long|cannot be greater than max_model_len/i

/** OpenRouter's spending limit of a key speaks of prompt tokens as well. */
const notOverflow = /Prompt tokens limit exceeded/i

export function saysOverflow(text: string): boolean {
  return overflow.test(text) && !notOverflow.test(text)
}

/** The numbers in a server's words; a figure that is only a lower bound is left out (docs/servers.md D.3, 3). */
export function overflowNumbers(text: string): Numbers {
  const found: Numbers = {}
  const readNumber = (name: keyof Numbers, pattern: RegExp) => {
    const digits = pattern.exec(text)?.[1]
    if (digits !== undefined && found[name] === undefined) found[name] = Number(digits)
  }
  readNumber('contextWindow', /context length (?:is|of)(?: only)? (\d+)/i)
  readNumber('contextWindow', /available context size \((\d+) tokens\)/i)
  readNumber('contextWindow', /max_model_len(?:=max_total_tokens)?=(\d+)/i)
  readNumber('contextWindow', /> (\d+) maximum/i)
  readNumber('promptTokens', /\((\d+) in the messages/i)
  readNumber('promptTokens', /passed (\d+) input tokens/i)
  readNumber('promptTokens', /\((\d+) of text input/i)
  readNumber('promptTokens', /request \((\d+) tokens\)/i)
  readNumber('promptTokens', /prompt is too long: (\d+) tokens/i)
  readNumber('requestedTokens', /(\d+) in the completion/i)
  readNumber('requestedTokens', /requested (\d+) output tokens/i)
  readNumber('requestedTokens', /(\d+) in the output/i)
  readNumber('requestedTokens', /max_tokens=(\d+)/i)
  // vLLM counts an answer without a limit as none: a lower one would not help.
  if (found.requestedTokens === 0) delete found.requestedTokens
  return found
}
