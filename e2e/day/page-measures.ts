/** What a look at the window found, each as words for a person; empty lists = all is well. */
export interface Faults {
  /** Paragraphs too narrow to read, and words that are broken over lines. */
  narrow: string[]
  /** Texts that are printed over each other or over the edge of a card, and cards that touch. */
  overlaps: string[]
  /** Buttons of a waiting question that cannot be seen or hit. */
  outOfReach: string[]
  /** Where the focus is lost. */
  focus: string[]
  /** What has grown beyond its window or ends in emptiness. */
  outgrown: string[]
  /** What never stands still. */
  moving: string[]
}

interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

interface PlacedText {
  /** The element that the text stands in. */
  holder: Element
  words: string
  /** null = a box for typing. */
  node: Node | null
  /** A box a line, cut to what can be seen. */
  lines: Box[]
}

/**
 * The source of a function for the page that gives its faults. The functions below run in the page: they may use each
 * other and nothing else of this module.
 */
export function measuresForPage(): string {
  const functions = [
    measurePage,
    stillness,
    boxesOnScreen,
    describe,
    cut,
    overlapOf,
    areaInside,
    visibleTexts,
    rectsOf,
    narrowProse,
    brokenWords,
    overlappingTexts,
    surfacesInSight,
    crowdedSurfaces,
    isLayer,
    isOpaque,
    buttonsOutOfReach,
    lostFocus,
    outgrown,
  ]
  return `(async () => { ${functions.map(String).join('\n')}\nreturn await measurePage() })()`
}

async function measurePage(): Promise<Faults> {
  const moving = await stillness(10, 5000)
  const texts = visibleTexts()
  return {
    narrow: narrowProse(texts),
    overlaps: [...overlappingTexts(texts), ...crowdedSurfaces(texts)],
    outOfReach: buttonsOutOfReach(),
    focus: lostFocus(),
    outgrown: outgrown(texts),
    moving,
  }
}

/** Waits until nothing has moved for some frames; what still moved at the end of its patience. */
async function stillness(frames: number, patienceMs: number): Promise<string[]> {
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
  const until = performance.now() + patienceMs
  let last = boxesOnScreen()
  let still = 0
  let moved = ''
  while (still < frames) {
    if (performance.now() > until && moved !== '') return [moved]
    await frame()
    const now = boxesOnScreen()
    const changed = [...now].find(([element, box]) => last.get(element) !== box)
    const gone = [...last].find(([element]) => !now.has(element))
    const [element, box] = changed ?? gone ?? []
    if (element) moved = `${describe(element)}: ${last.get(element) ?? 'new'} → ${changed ? box : 'gone'}`
    still = element ? 0 : still + 1
    last = now
  }
  return []
}

/** Where everything in sight is, and how far what scrolls reaches. What turns on its place does not count. */
function boxesOnScreen(): Map<Element, string> {
  const boxes = new Map<Element, string>()
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest('svg')) continue
    const { left, top, width, height } = element.getBoundingClientRect()
    if (width === 0 || height === 0 || top > innerHeight || top + height < 0) continue
    const reach = element.scrollHeight > element.clientHeight ? `, ${element.scrollHeight} high` : ''
    boxes.set(element, `${[left, top, width, height].map((side) => Math.round(side)).join(' ')}${reach}`)
  }
  return boxes
}

function describe(element: Element): string {
  const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ')
  return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> “${words.slice(0, 40)}”`
}

function cut(box: Box, area: Box): Box {
  return {
    left: Math.max(box.left, area.left),
    top: Math.max(box.top, area.top),
    right: Math.min(box.right, area.right),
    bottom: Math.min(box.bottom, area.bottom),
  }
}

/** null = they share less than counts: boxes of letters reach a little over their lines. */
function overlapOf(one: Box, other: Box): Box | null {
  const shared = cut(one, other)
  const lower = Math.min(one.bottom - one.top, other.bottom - other.top)
  const down = shared.bottom - shared.top
  return shared.right - shared.left > 3 && down > 3 && down > lower * 0.25 ? shared : null
}

/** The part of the window in which what stands in an element can be seen. */
function areaInside(element: Element, known: Map<Element, Box>): Box {
  const found = known.get(element)
  if (found) return found
  const style = getComputedStyle(element)
  const around =
    style.position === 'fixed'
      ? null
      : style.position === 'absolute' && element instanceof HTMLElement
        ? element.offsetParent
        : element.parentElement
  let area = around ? areaInside(around, known) : { left: 0, top: 0, right: innerWidth, bottom: innerHeight }
  if (style.display !== 'inline' && `${style.overflowX}${style.overflowY}` !== 'visiblevisible') {
    const { left, top } = element.getBoundingClientRect()
    const inner = { left: left + element.clientLeft, top: top + element.clientTop }
    area = cut(area, {
      ...inner,
      right: inner.left + element.clientWidth,
      bottom: inner.top + element.clientHeight,
    })
  }
  if (style.clipPath === 'inset(50%)') area = { left: 0, top: 0, right: 0, bottom: 0 }
  known.set(element, area)
  return area
}

/** All texts that can be seen, with the boxes for typing. */
function visibleTexts(): PlacedText[] {
  const known = new Map<Element, Box>()
  const texts: PlacedText[] = []
  const canBeSeen = (element: Element) =>
    element.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })
  const add = (text: Omit<PlacedText, 'lines'>, rects: Iterable<DOMRect>, area: Box) => {
    const lines = [...rects]
      .map((rect) => cut(rect, area))
      .filter(({ left, top, right, bottom }) => right - left > 1 && bottom - top > 1)
    if (lines.length > 0) texts.push({ ...text, lines })
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement
    const words = (node.nodeValue ?? '').trim()
    if (holder && words !== '' && canBeSeen(holder))
      add({ holder, words, node }, rectsOf(node), areaInside(holder, known))
  }
  for (const field of document.querySelectorAll('textarea, input, select')) {
    const words = field.getAttribute('aria-label') ?? 'a field'
    if (canBeSeen(field) && field.parentElement)
      add({ holder: field, words, node: null }, field.getClientRects(), areaInside(field.parentElement, known))
  }
  return texts
}

/** A box for each line of a text. */
function rectsOf(node: Node): DOMRect[] {
  const range = document.createRange()
  range.selectNodeContents(node)
  return [...range.getClientRects()].filter(({ width }) => width > 0)
}

/** A paragraph of several lines has room for a few words in each, and no word is broken. */
function narrowProse(texts: readonly PlacedText[]): string[] {
  const found = new Set<string>()
  const blocks = new Map<Element, Node[]>()
  for (const { holder, node } of texts) {
    let block = holder
    while (block.parentElement && getComputedStyle(block).display === 'inline') block = block.parentElement
    const style = getComputedStyle(block)
    if (node && !/^(pre|nowrap)$/.test(style.whiteSpace)) blocks.set(block, [...(blocks.get(block) ?? []), node])
  }
  for (const [block, nodes] of blocks) {
    const lines = new Set(nodes.flatMap(rectsOf).map(({ bottom }) => Math.round(bottom / 8))).size
    const letters = nodes.map((node) => node.nodeValue ?? '').join('').length
    const width = Math.round(block.getBoundingClientRect().width)
    const wraps = getComputedStyle(block).whiteSpace === 'normal'
    if (wraps && lines > 1 && width < 200 && /^(P|LI|BLOCKQUOTE|H[1-6])$/.test(block.tagName))
      found.add(`${width} px wide: ${describe(block)}`)
    else if (wraps && lines > 2 && letters / lines < 6)
      found.add(`${Math.round(letters / lines)} letters a line: ${describe(block)}`)
    const broken = nodes.flatMap(brokenWords)
    if (broken.length > 0) found.add(`broken words, ${broken.slice(0, 4).join(', ')}: ${describe(block)}`)
  }
  return [...found]
}

/** Whole short words of a text that begin on one line and end on another. */
function brokenWords(node: Node): string[] {
  if (rectsOf(node).length < 2) return []
  const range = document.createRange()
  const words = (node.nodeValue ?? '').matchAll(/(?:^|\s)(\p{Script=Latin}{2,20})(?=\s|$)/gu)
  return [...words].flatMap(({ 0: found, 1: word = '', index }) => {
    const start = index + found.length - word.length
    range.setStart(node, start)
    range.setEnd(node, start + word.length)
    const lines = [...range.getClientRects()].filter(({ width }) => width > 0).map(({ bottom }) => bottom)
    return Math.max(...lines) - Math.min(...lines) > 6 ? [word] : []
  })
}

function overlappingTexts(texts: readonly PlacedText[]): string[] {
  const found = new Set<string>()
  const lines = texts.flatMap((text) => text.lines.map((box) => ({ text, box })))
  lines.sort((one, other) => one.box.top - other.box.top)
  for (const [at, upper] of lines.entries()) {
    for (let next = at + 1; next < lines.length; next++) {
      const lower = lines[next]
      if (!lower || lower.box.top >= upper.box.bottom) break
      const [one, other] = [upper.text, lower.text]
      const shared = one === other ? null : overlapOf(upper.box, lower.box)
      if (!shared || one.holder.contains(other.holder) !== other.holder.contains(one.holder)) continue
      if (isLayer(one.holder, other.holder, shared) || isLayer(other.holder, one.holder, shared)) continue
      const size = `${Math.round(shared.right - shared.left)}×${Math.round(shared.bottom - shared.top)}`
      found.add(`“${one.words.slice(0, 40)}” and “${other.words.slice(0, 40)}” share ${size} px`)
    }
  }
  return [...found]
}

/** Cards, bubbles and the like: what has an edge all around and round corners, and is no control. */
function surfacesInSight(): { element: Element; box: Box }[] {
  const known = new Map<Element, Box>()
  return [...document.querySelectorAll('body :not(button, a, input, svg *)')].flatMap((element) => {
    const { width, height } = element.getBoundingClientRect()
    if (width < 200 || height < 20 || !element.parentElement) return []
    const style = getComputedStyle(element)
    const edges = [style.borderTopWidth, style.borderRightWidth, style.borderBottomWidth, style.borderLeftWidth]
    if (edges.includes('0px') || style.borderTopLeftRadius === '0px') return []
    const box = cut(element.getBoundingClientRect(), areaInside(element.parentElement, known))
    const canBeSeen = box.right - box.left > 1 && box.bottom - box.top > 1 && element.checkVisibility()
    return canBeSeen ? [{ element, box }] : []
  })
}

function crowdedSurfaces(texts: readonly PlacedText[]): string[] {
  const found = new Set<string>()
  const surfaces = surfacesInSight()
  const related = (one: Element, other: Element) => one.contains(other) || other.contains(one)
  for (const { element, box } of surfaces) {
    for (const { holder, words, lines } of texts) {
      const shared = lines.map((line) => overlapOf(line, box)).find((one) => one !== null)
      if (!shared || related(element, holder)) continue
      if (!isLayer(holder, element, shared) && !isLayer(element, holder, shared))
        found.add(`“${words.slice(0, 40)}” lies over ${describe(element)}`)
    }
    for (const { element: other, box: lower } of surfaces) {
      const across = Math.min(box.right, lower.right) - Math.max(box.left, lower.left)
      const gap = lower.top - box.bottom
      if (across > 100 && gap > -2 && gap < 2 && !related(element, other))
        found.add(`${describe(element)} touches ${describe(other)}`)
    }
  }
  return [...found]
}

/** Whether one lies over the other by intention: on a surface of its own that hides what is below. */
function isLayer(above: Element, below: Element, shared: Box): boolean {
  let opaque = false
  for (let around: Element | null = above; around && !around.contains(below); around = around.parentElement) {
    const box = around.getBoundingClientRect()
    const covers =
      box.left <= shared.left + 1 &&
      box.right >= shared.right - 1 &&
      box.top <= shared.top + 1 &&
      box.bottom >= shared.bottom - 1
    if (covers && isOpaque(around)) opaque = true
    if (!opaque || !/fixed|sticky|absolute/.test(getComputedStyle(around).position)) continue
    const stack = document.elementsFromPoint((shared.left + shared.right) / 2, (shared.top + shared.bottom) / 2)
    const [first, second] = [
      stack.findIndex((one) => around.contains(one)),
      stack.findIndex((one) => below.contains(one)),
    ]
    // What the pointer goes through is found on neither side.
    return first === -1 || second === -1 || first < second
  }
  return false
}

function isOpaque(element: Element): boolean {
  const colour = getComputedStyle(element).backgroundColor
  const alpha = /^rgba\(.*,\s*([\d.]+)\)$/.exec(colour)?.[1] ?? /\/\s*([\d.]+)\)$/.exec(colour)?.[1] ?? '1'
  return Number(alpha) > 0.9
}

function buttonsOutOfReach(): string[] {
  const found: string[] = []
  const floating =
    '[role="listbox"], [role="menu"], [role="dialog"], [role="alertdialog"], .confirm-veil, .frame-overlay, .frame-veil'
  for (const card of document.querySelectorAll('[role="alertdialog"][aria-label="Approval needed"]')) {
    if (!card.checkVisibility({ visibilityProperty: true })) continue
    for (const button of card.querySelectorAll('button')) {
      const { left, top, right, bottom } = button.getBoundingClientRect()
      const inside = left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
      const covered = hit?.closest(floating)
      if (inside && (button.contains(hit) || (covered && covered !== card))) continue
      const where = [left, top, right, bottom].map((side) => Math.round(side)).join(' ')
      found.push(
        `${describe(button)} at ${where}${inside && hit ? ` is covered by ${describe(hit)}` : ' is out of sight'}`,
      )
    }
  }
  return found
}

function lostFocus(): string[] {
  const focused = document.activeElement
  if (!focused || focused === document.body) {
    const any = [...document.querySelectorAll('button:not([disabled]), a[href], textarea, input')]
    return any.some((one) => one.checkVisibility()) ? ['nothing has the focus'] : []
  }
  const { width, height } = focused.getBoundingClientRect()
  const seen = focused.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0
  return seen ? [] : [`the focus is on what nobody sees: ${describe(focused)}`]
}

function outgrown(texts: readonly PlacedText[]): string[] {
  const found: string[] = []
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth - clientWidth} px wider than the window`)
  if (scrollHeight > clientHeight) found.push(`the page is ${scrollHeight - clientHeight} px higher than the window`)
  for (const scroller of document.querySelectorAll('body *')) {
    const reach = scroller.scrollHeight - scroller.clientHeight
    if (reach < 2 || !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) continue
    if (scroller instanceof HTMLTextAreaElement || scroller.scrollTop < reach - 2) continue
    const box = scroller.getBoundingClientRect()
    const lowest = Math.max(
      box.top,
      ...texts
        .filter(({ holder }) => scroller.contains(holder))
        .flatMap(({ lines }) => lines.map((line) => line.bottom)),
    )
    const empty = Math.round(Math.min(box.bottom, innerHeight) - lowest)
    if (empty > 160) found.push(`${empty} px of nothing at the end of ${describe(scroller)}`)
  }
  return found
}
