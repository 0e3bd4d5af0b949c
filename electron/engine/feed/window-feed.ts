import type { Environment } from '#shared/feed/app-state.ts'
import { AppModel, type AppSources } from './app-model.ts'
import { FeedServer } from './feed-server.ts'
import { SessionHolds } from './session-holds.ts'

/** What a face with windows needs beside the engine: the state they show, and the feed that carries it. */
export interface WindowFeed {
  app: AppModel
  holds: SessionHolds
  server: FeedServer
}

export function createWindowFeed(
  sources: Omit<AppSources, 'environment'>,
  environment: Environment,
  onDefect: (error: unknown) => void,
): WindowFeed {
  const { sessions } = sources
  const app = new AppModel({ ...sources, environment })
  const holds = new SessionHolds(sessions, onDefect)
  return { app, holds, server: new FeedServer({ sessions, holds, app, onDefect }) }
}
