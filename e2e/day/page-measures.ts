import { type PlacedText, placedTextsSource } from './placed-texts.ts'
import { textMeasuresSource } from './text-measures.ts'

// Of the modules that stand next to this one in the page.
declare const describe: typeof import('./placed-texts.ts').describe
declare const visibleTexts: typeof import('./placed-texts.ts').visibleTexts
declare const narrowProse: typeof import('./text-measures.ts').narrowProse
declare const overlappingTexts: typeof import('./text-measures.ts').overlappingTexts
declare const crowdedSurfaces: typeof import('./text-measures.ts').crowdedSurfaces

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

/** The source of an expression for the page that gives its faults. */
export function measuresForPage(): string {
  const own = [measurePage, stillness, boxesOnScreen, buttonsOutOfReach, lostFocus, outgrown].map(String)
  const functions = [placedTextsSource(), textMeasuresSource(), ...own].join('\n')
  return `(async () => { ${functions}\nreturn await measurePage() })()`
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
