/** Parameters that an answer can do without, and the names under which servers complain about them. */
const droppable: readonly { parameter: string; names: RegExp }[] = [
  { parameter: 'stream_options', names: /stream_options|stream options|include_usage/i },
  { parameter: 'max_tokens', names: /\bmax_tokens\b/ },
  { parameter: 'temperature', names: /\btemperature\b/ },
  { parameter: 'response_format', names: /response_format|response format|json_schema/i },
  { parameter: 'reasoning_effort', names: /reasoning_effort|support thinking|\bthink\b/i },
]

const refusal =
  /unsupported|not supported|does not support|doesn't support|unrecognized|unknown|unexpected|extra (inputs|fields)|not permitted|not allowed|not recognized|cannot be used/i

/**
 * The parameter that a 400 refuses as such, not for its value (docs/servers.md F). `parameter` is what the server put into
 * its `param` field. OpenAI's newer models want `max_tokens` under another name and say so.
 */
export function unsupportedParameter(
  message: string,
  parameter: string,
): { parameter: string; renamed?: string } | undefined {
  if (!refusal.test(message)) return undefined
  if (/\bmax_tokens\b/.test(message) && /use 'max_completion_tokens'/i.test(message))
    return { parameter: 'max_tokens', renamed: 'max_completion_tokens' }
  if (parameter) return { parameter }
  const named = droppable.find(({ names }) => names.test(message))
  if (named) return { parameter: named.parameter }
  // Other keys come from the profile's extra body; servers quote them.
  const quoted = /(?:parameter|argument|field|key|inputs?)s?:? [`'"]?([A-Za-z_][\w.]*)[`'"]?/i.exec(message)?.[1]
  return quoted === undefined ? undefined : { parameter: quoted }
}
