import { Gauge, Layers, MessageSquare, Server, SlidersHorizontal } from 'lucide-react'
import type { Page } from '../stores/route-store.ts'
import type { IconShape } from '../ui/icon.tsx'

/** The pages in the order of the navigation. Their labels are the names that readers and tests go by. */
export const navigation: readonly { page: Page; label: string; icon: IconShape }[] = [
  { page: 'chat', label: 'Chat', icon: MessageSquare },
  { page: 'background', label: 'Background', icon: Layers },
  { page: 'budgets', label: 'Budgets', icon: Gauge },
  { page: 'backends', label: 'Backends', icon: Server },
  { page: 'settings', label: 'Settings', icon: SlidersHorizontal },
]
