import { expect, test } from 'vitest'
import type { ImagePart } from '#shared/session/content.ts'
import type { ChatMessage } from '#shared/session/message.ts'
import { nativeBody } from '../ollama-native/native-request.ts'
import { noCompat } from '../servers/learned-compat.ts'
import { requestBody } from './request-body.ts'

const profile = { kind: 'custom', model: 'm' } as const
const shot: ImagePart = { type: 'image', blob: 'a'.repeat(64), mediaType: 'image/png', name: 'shot.png', bytes: 4 }
const gone: ImagePart = { ...shot, blob: 'b'.repeat(64), name: 'gone.png' }
const images = new Map([[shot.blob, 'AAAA']])
const url = 'data:image/png;base64,AAAA'

const look: ChatMessage = {
  role: 'user',
  content: 'Look:\nimage (shot.png, 1 KB)\nimage (gone.png, 1 KB)',
  parts: [{ type: 'text', text: 'Look:' }, shot, gone],
}
const called: ChatMessage = {
  role: 'assistant',
  content: '',
  toolCalls: ['c1', 'c2'].map((callId) => ({ callId, name: 'draw', arguments: '{}', recovered: false })),
}
const drawn = (callId: string): ChatMessage => ({
  role: 'tool',
  callId,
  name: 'draw',
  content: 'image (shot.png, 1 KB)',
  parts: [shot],
})

const messagesOf = (messages: ChatMessage[], given?: typeof images, alternates = false) =>
  JSON.parse(
    requestBody({ messages, tools: [], ...(given && { images: given }) }, profile, { ...noCompat(), alternates }).text,
  ).messages

test('text is sent as a plain string, in the bytes of before', () => {
  const { text } = requestBody({ messages: [{ role: 'user', content: 'Grüße 😀' }], tools: [], images }, profile)
  expect(text).toBe(
    '{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Grüße 😀"}]}',
  )
})

test('an image is sent as its data to a model that sees it, and in words where its bytes are gone', () => {
  expect(messagesOf([look], images)).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'image (gone.png, not there any more)' },
      ],
    },
  ])
})

test('a model that sees none reads of it in words, also after one that did', () => {
  messagesOf([look], images)
  expect(messagesOf([look, drawn('c1')])).toEqual([
    { role: 'user', content: look.content },
    { role: 'tool', tool_call_id: 'c1', content: 'image (shot.png, 1 KB)' },
  ])
})

test('images of tool results follow all results of an answer in one message', () => {
  const after = { type: 'image_url', image_url: { url } }
  expect(messagesOf([called, drawn('c1'), drawn('c2'), { role: 'user', content: 'And?' }], images).slice(1)).toEqual([
    { role: 'tool', tool_call_id: 'c1', content: 'image (shot.png, 1 KB)' },
    { role: 'tool', tool_call_id: 'c2', content: 'image (shot.png, 1 KB)' },
    { role: 'user', content: [{ type: 'text', text: 'Images from the results above:' }, after, after] },
    { role: 'user', content: 'And?' },
  ])
})

test('messages that must take turns keep their images when they become one', () => {
  expect(messagesOf([look, { role: 'user', content: 'And?' }], images, true)).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'image (gone.png, not there any more)' },
        { type: 'text', text: 'And?' },
      ],
    },
  ])
})

test("Ollama's own interface takes them beside the text", () => {
  const { text } = nativeBody({ messages: [look], tools: [], images }, { ...profile, kind: 'ollama' })
  expect(JSON.parse(text).messages).toEqual([{ role: 'user', content: look.content, images: ['AAAA'] }])
})
