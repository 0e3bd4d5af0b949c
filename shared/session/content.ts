import { z } from 'zod'

/** An image, by what its bytes are: they lie beside the journals, in the blob of that name. */
export const ImagePart = z.object({
  type: z.literal('image'),
  /** SHA-256 of the bytes, in hexadecimal. */
  blob: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
  /** For people, such as the name of its file. */
  name: z.string().min(1).max(200),
  bytes: z.number().int().positive(),
})
export type ImagePart = z.infer<typeof ImagePart>

const TextPart = z.object({ type: z.literal('text'), text: z.string() })

export const ContentPart = z.discriminatedUnion('type', [TextPart, ImagePart])
export type ContentPart = z.infer<typeof ContentPart>

/** What a person or a tool says: text, or parts in their order. */
export type Content = string | readonly ContentPart[]

/** Content as it is kept: all of it in words, for whoever takes only words, and beside them the parts of what is more than text. */
export interface KeptContent {
  text: string
  parts?: readonly ContentPart[] | undefined
}

/** The content in words: what is shown, copied, and read by a model that sees no images. */
export function wordsOf(content: Content): string {
  return typeof content === 'string' ? content : content.map(partWords).join('\n')
}

function partWords(part: ContentPart): string {
  return part.type === 'text' ? part.text : `image (${part.name}, ${sizeWords(part.bytes)})`
}

function sizeWords(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} KB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Content as it is kept. Plain text has no parts. */
export function kept(content: Content): { text: string; parts?: ContentPart[] } {
  return typeof content === 'string' ? { text: content } : { text: wordsOf(content), parts: [...content] }
}

export function contentOf({ text, parts }: KeptContent): Content {
  return parts ?? text
}

/** Several contents as one, each a paragraph of its own. Text alone stays text. */
export function joinedContent(contents: readonly Content[]): Content {
  const texts = contents.filter((content) => typeof content === 'string')
  if (texts.length === contents.length) return texts.join('\n\n')
  return contents.flatMap((content): readonly ContentPart[] =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  )
}

export function imagesIn(parts: readonly ContentPart[] | undefined): readonly ImagePart[] {
  return parts?.filter((part) => part.type === 'image') ?? []
}
