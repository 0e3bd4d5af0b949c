import type { Box, PlacedText } from './placed-texts.ts'

// Of the module that stands next to this one in the page.
declare const describe: typeof import('./placed-texts.ts').describe
declare const cut: typeof import('./placed-texts.ts').cut
declare const overlapOf: typeof import('./placed-texts.ts').overlapOf
declare const areaInside: typeof import('./placed-texts.ts').areaInside
declare const rectsOf: typeof import('./placed-texts.ts').rectsOf

/** The source of these functions, for the page. */
export function textMeasuresSource(): string {
  return [narrowProse, brokenWords, overlappingTexts, surfacesInSight, crowdedSurfaces, isLayer, isOpaque, alphaOf]
    .map(String)
    .join('\n')
}

/** A paragraph of several lines has room for a few words in each, and no word is broken. */
export function narrowProse(texts: readonly PlacedText[]): string[] {
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

export function overlappingTexts(texts: readonly PlacedText[]): string[] {
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
    if (edges.includes('0px') || style.borderTopLeftRadius === '0px' || alphaOf(style.borderTopColor) < 0.1) return []
    const box = cut(element.getBoundingClientRect(), areaInside(element.parentElement, known))
    const canBeSeen = box.right - box.left > 1 && box.bottom - box.top > 1 && element.checkVisibility()
    return canBeSeen ? [{ element, box }] : []
  })
}

export function crowdedSurfaces(texts: readonly PlacedText[]): string[] {
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
  return alphaOf(getComputedStyle(element).backgroundColor) > 0.9
}

function alphaOf(colour: string): number {
  const alpha = /^rgba\(.*,\s*([\d.]+)\)$/.exec(colour)?.[1] ?? /\/\s*([\d.]+)\)$/.exec(colour)?.[1] ?? '1'
  return Number(alpha)
}
