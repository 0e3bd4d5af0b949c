// @ts-check
// Runs inside the page; each function is sent there as text, so it may use nothing from outside itself.

export function installMeter() {
  const frames = /** @type {number[]} */ ([])
  const keys = /** @type {number[]} */ ([])
  const longTasks = /** @type {number[]} */ ([])
  let running = false
  let lastChange = 0

  const channel = new MessageChannel()
  let pressedAt = 0
  channel.port1.onmessage = () => {
    if (pressedAt > 0) keys.push(performance.now() - pressedAt)
    pressedAt = 0
  }
  window.addEventListener(
    'keydown',
    (event) => {
      if (!running || pressedAt > 0) return
      pressedAt = event.timeStamp
      requestAnimationFrame(() => channel.port2.postMessage(null))
    },
    true,
  )
  new PerformanceObserver((list) => {
    if (running) for (const entry of list.getEntries()) longTasks.push(entry.duration)
  }).observe({ entryTypes: ['longtask'] })

  const place = () => document.querySelector('[aria-label="Transcript"]') ?? document.body
  const frame = (/** @type {number} */ last) => (/** @type {number} */ now) => {
    frames.push(now - last)
    if (running) requestAnimationFrame(frame(now))
  }
  const click = (/** @type {string} */ selector) => {
    const element = document.querySelector(selector)
    if (!(element instanceof HTMLElement)) throw new Error(`There is no ${selector} in the page.`)
    element.click()
  }
  const isOpen = () => document.querySelector('.turn') !== null

  Object.assign(globalThis, {
    meter: {
      /** From the click to the second frame after the transcript is there; `settled` = its last change. */
      open: () =>
        new Promise((resolve) => {
          const startedAt = performance.now()
          let changedAt = startedAt
          let shown = 0
          const waiting = setInterval(() => {
            if (shown > 0 && performance.now() - changedAt > 400) {
              clearInterval(waiting)
              changes.disconnect()
              resolve({ shown, settled: changedAt - startedAt, elements: place().querySelectorAll('*').length })
            }
          }, 50)
          const changes = new MutationObserver(() => {
            changedAt = performance.now()
            if (seen || !isOpen()) return
            seen = true
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                shown = performance.now() - startedAt
              }),
            )
          })
          let seen = false
          changes.observe(document.body, { childList: true, subtree: true })
          click('.session-row')
        }),
      leave: () => {
        click('[aria-label="New chat"], .sidebar-new')
        return new Promise((resolve) => setTimeout(resolve, 150))
      },
      start: () => {
        running = true
        frames.length = keys.length = longTasks.length = 0
        // Only a number is kept: when the transcript changed last.
        new MutationObserver(() => {
          lastChange = Date.now()
        }).observe(place(), { childList: true, subtree: true, characterData: true })
        requestAnimationFrame((now) => requestAnimationFrame(frame(now)))
      },
      read: () => {
        running = false
        return { frames, keys, longTasks, lastChange, characters: place().textContent?.length ?? 0 }
      },
    },
  })
}

export function readMeter() {
  return /** @type {any} */ (globalThis).meter.read()
}
