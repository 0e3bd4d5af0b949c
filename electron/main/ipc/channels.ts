import type { FEED_CHANNEL, REQUEST_CHANNEL } from '#shared/feed/requests.ts'

// Written out, because an import of their values would load every schema before the first paint.
export const requestChannel: typeof REQUEST_CHANNEL = 'claw:request'
export const feedChannel: typeof FEED_CHANNEL = 'claw:feed'
