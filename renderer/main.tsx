import { createRoot } from 'react-dom/client'
import { App } from './shell/app.tsx'
import { startFeed } from './stores/feed.ts'
import { startRemembering } from './stores/remember.ts'
import { followEnds } from './stores/unseen-store.ts'
import './styles/index.css'

// The feed is asked for first: main answers while the first frame is drawn.
startFeed()
void startRemembering()
followEnds()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')
createRoot(root).render(<App />)
