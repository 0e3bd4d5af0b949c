import { type ContentPart, type ImagePart, imagesIn } from '#shared/session/content.ts'
import type { ChatMessage } from '#shared/session/message.ts'

/** The bytes of images in base64, by the names of their blobs. One that is not there is sent in words. */
export type Images = ReadonlyMap<string, string>

export const noImages: Images = new Map()

/** The content of a message as OpenAI's API takes it: text stays a plain string. */
export function wireContent({ content, parts }: Extract<ChatMessage, { role: 'user' }>, images: Images): unknown {
  if (!parts || !hasImage(parts, images)) return content
  return parts.flatMap((part) => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    const url = dataUrl(part, images)
    return [url === null ? { type: 'text', text: goneWords(part) } : { type: 'image_url', image_url: { url } }]
  })
}

/** The images of a message in base64, for a server that takes them beside its text. */
export function imageData({ parts }: Extract<ChatMessage, { role: 'user' }>, images: Images): string[] {
  return imagesIn(parts).flatMap(({ blob }) => images.get(blob) ?? [])
}

/**
 * A conversation with the images of tool results in a message behind them: servers take only text as the answer of a
 * call. The same array where there are none.
 */
export function withToolImages(messages: readonly ChatMessage[], images: Images): readonly ChatMessage[] {
  if (!messages.some((message) => message.role === 'tool' && hasImage(message.parts, images))) return messages
  const result: ChatMessage[] = []
  let seen: ImagePart[] = []
  for (const message of messages) {
    if (message.role !== 'tool' && seen.length > 0) {
      result.push(resultImages(seen))
      seen = []
    }
    result.push(message)
    if (message.role === 'tool') seen.push(...imagesIn(message.parts).filter(({ blob }) => images.has(blob)))
  }
  if (seen.length > 0) result.push(resultImages(seen))
  return result
}

const FROM_TOOLS = 'Images from the results above:'

function resultImages(images: readonly ImagePart[]): ChatMessage {
  return { role: 'user', content: FROM_TOOLS, parts: [{ type: 'text', text: FROM_TOOLS }, ...images] }
}

function hasImage(parts: readonly ContentPart[] | undefined, images: Images): boolean {
  return imagesIn(parts).some(({ blob }) => images.has(blob))
}

function dataUrl({ blob, mediaType }: ImagePart, images: Images): string | null {
  const data = images.get(blob)
  return data === undefined ? null : `data:${mediaType};base64,${data}`
}

function goneWords({ name }: ImagePart): string {
  return `image (${name}, not there any more)`
}
