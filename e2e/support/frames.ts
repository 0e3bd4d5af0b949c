import type { ElectronApplication, JSHandle, Page } from '@playwright/test'

/** Gives the window another size and waits until the page has it. */
export async function resize(app: ElectronApplication, page: Page, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  )
  await page.waitForFunction((wanted) => window.innerWidth === wanted, width)
}

/** What a transcript looks like in one frame. */
export interface Frame {
  /** Of all that scrolls, in pixels. */
  height: number
  /** What is below the lower edge, in pixels. */
  below: number
  /** Of each turn that is in the page, in pixels, by its id. */
  turns: Readonly<Record<string, number>>
}

/** Watches the transcript until `stop`, which gives the frames in which anything changed, as they are painted. */
export async function watchTranscript(page: Page): Promise<{ stop(): Promise<readonly Frame[]> }> {
  const watch: JSHandle<() => Frame[]> = await page.evaluateHandle(() => {
    const scroller = document.querySelector('[aria-label="Transcript"]')
    if (!scroller) throw new Error('There is no transcript.')
    const frames: Frame[] = []
    let last = ''
    const look = () => {
      const turns: Record<string, number> = {}
      for (const turn of scroller.querySelectorAll<HTMLElement>('[data-turn]')) {
        turns[turn.dataset.turn ?? ''] = Math.round(turn.getBoundingClientRect().height)
      }
      const { scrollHeight, scrollTop, clientHeight } = scroller
      const frame = { height: scrollHeight, below: Math.round(scrollHeight - scrollTop - clientHeight), turns }
      if (JSON.stringify(frame) !== last) frames.push(frame)
      last = JSON.stringify(frame)
    }
    // Observers are told in the order in which they were made: those of the page have done their work.
    const observer = new ResizeObserver(look)
    const marker = document.createElement('div')
    marker.style.cssText = 'position: fixed; top: 0; left: 0; height: 1px; width: 0; visibility: hidden'
    document.body.append(marker)
    observer.observe(marker)
    let going = true
    let width = 0
    const step = () => {
      if (!going) return
      // Another size each time, so that every frame tells.
      width = 1 - width
      marker.style.width = `${width}px`
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
    return () => {
      going = false
      observer.disconnect()
      marker.remove()
      return frames
    }
  })
  return { stop: () => watch.evaluate((end) => end()) }
}

/** Resolves when the page has painted so many frames more. */
export function framesLater(page: Page, count: number): Promise<void> {
  return page.evaluate(async (frames) => {
    for (let frame = 0; frame < frames; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
  }, count)
}

/** The different heights that each turn had. */
export function turnHeights(frames: readonly Frame[]): Record<string, readonly number[]> {
  const heights: Record<string, Set<number>> = {}
  for (const { turns } of frames) {
    for (const [turn, height] of Object.entries(turns)) {
      heights[turn] ??= new Set()
      heights[turn].add(height)
    }
  }
  return Object.fromEntries(Object.entries(heights).map(([turn, all]) => [turn, [...all]]))
}
