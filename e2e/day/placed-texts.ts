// Where the texts of the window are. All functions here run in the page, where they and those of the modules beside this
// one stand next to each other: they may use nothing else.

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

export interface PlacedText {
  /** The element that the text stands in. */
  holder: Element
  words: string
  /** null = a box for typing. */
  node: Node | null
  /** A box a line, cut to what can be seen. */
  lines: Box[]
}

/** The source of these functions, for the page. */
export function placedTextsSource(): string {
  return [describe, cut, overlapOf, areaInside, visibleTexts, rectsOf].map(String).join('\n')
}

export function describe(element: Element): string {
  const words = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\s+/g, ' ')
  return `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> “${words.slice(0, 40)}”`
}

export function cut(box: Box, area: Box): Box {
  return {
    left: Math.max(box.left, area.left),
    top: Math.max(box.top, area.top),
    right: Math.min(box.right, area.right),
    bottom: Math.min(box.bottom, area.bottom),
  }
}

/** null = they share less than counts: boxes of letters reach a little over their lines. */
export function overlapOf(one: Box, other: Box): Box | null {
  const shared = cut(one, other)
  const lower = Math.min(one.bottom - one.top, other.bottom - other.top)
  const down = shared.bottom - shared.top
  return shared.right - shared.left > 3 && down > 3 && down > lower * 0.25 ? shared : null
}

/** The part of the window in which what stands in an element can be seen. */
export function areaInside(element: Element, known: Map<Element, Box>): Box {
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
export function visibleTexts(): PlacedText[] {
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
export function rectsOf(node: Node): DOMRect[] {
  const range = document.createRange()
  range.selectNodeContents(node)
  return [...range.getClientRects()].filter(({ width }) => width > 0)
}
