import type { TrayMark } from './tray-model.ts'

/** Red, green, blue; 0 to 255. */
export type Ink = readonly [number, number, number]

export const darkInk: Ink = [0x20, 0x30, 0x2f]
export const lightInk: Ink = [0xe6, 0xed, 0xf0]

type Point = readonly [number, number]

/** The three blades of the mark: start, then curves of two handles and an end, in a square of 24. */
const blades: readonly (readonly Point[])[] = [
  [[3.6, 5.8], [7.5, 9.3], [8, 14.8], [4.7, 19.2], [5.1, 14.3], [4.6, 9.9], [3.6, 5.8]],
  [[10, 2.8], [15, 7.6], [15.6, 15.1], [11.4, 21.2], [11.9, 14.5], [11.3, 8.5], [10, 2.8]],
  [[17, 5.2], [21, 9.1], [21.5, 14.9], [18.1, 19.7], [18.5, 14.4], [18, 9.7], [17, 5.2]],
] // biome-ignore format: a curve a line

const SIDE = 24
const TURN = (12 * Math.PI) / 180
const STEPS = 12
/** Samples a pixel and direction. */
const SAMPLES = 4

const dotColours: Readonly<Record<Exclude<TrayMark, 'idle' | 'paused'>, Ink>> = {
  running: [0x39, 0xbe, 0xd5],
  waiting: [0xf7, 0x96, 0x43],
  failed: [0xef, 0x67, 0x5e],
}
const DOT = { x: 19.4, y: 4.6, radius: 3.7, gap: 5.4 }

/**
 * The icon of the tray as premultiplied BGRA, `size` pixels wide and high: the mark in one colour, and a dot in the corner
 * that tells the state. With `onlyShape` the dot has the colour of the mark, because macOS colours both by itself, and its
 * shape tells the state: a ring runs, a disc waits, a disc cut in two failed.
 */
export function drawTrayImage(mark: TrayMark, size: number, ink: Ink, onlyShape = false): Buffer {
  const pixels = Buffer.alloc(size * size * 4)
  const dot = mark === 'idle' || mark === 'paused' ? null : onlyShape ? ink : dotColours[mark]
  const strength = mark === 'paused' ? 0.5 : 1
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [ofMark, ofDot] = coverage(x, y, size, dot === null ? null : onlyShape ? mark : 'waiting')
      const alpha = ofMark * strength + ofDot
      const blend = (channel: 0 | 1 | 2) => (ink[channel] * ofMark * strength + (dot ?? ink)[channel] * ofDot) | 0
      pixels.set([blend(2), blend(1), blend(0), Math.round(alpha * 255)], (y * size + x) * 4)
    }
  }
  return pixels
}

/** Which share of a pixel belongs to the mark, and which to the dot. */
function coverage(x: number, y: number, size: number, shape: TrayMark | null): [number, number] {
  let ofMark = 0
  let ofDot = 0
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const at: Point = [
      ((x + ((sample % SAMPLES) + 0.5) / SAMPLES) / size) * SIDE,
      ((y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size) * SIDE,
    ]
    const fromDot = Math.hypot(at[0] - DOT.x, at[1] - DOT.y)
    if (shape && fromDot < DOT.gap) ofDot += fromDot < DOT.radius && !isHole(shape, at, fromDot) ? 1 : 0
    else if (outlines.some(({ points, left, right }) => at[0] > left && at[0] < right && isInside(at, points))) ofMark++
  }
  const whole = SAMPLES * SAMPLES
  return [ofMark / whole, ofDot / whole]
}

function isHole(shape: TrayMark, [, y]: Point, fromDot: number): boolean {
  if (shape === 'running') return fromDot < DOT.radius - 1.8
  return shape === 'failed' && Math.abs(y - DOT.y) < 0.8
}

const outlines = blades.map((blade) => {
  const points = flatten(blade).map(turned)
  const left = Math.min(...points.map(([x]) => x))
  const right = Math.max(...points.map(([x]) => x))
  return { points, left, right }
})

function flatten([start, ...curves]: readonly Point[]): Point[] {
  const points: Point[] = []
  let from = start
  for (let index = 0; from && index + 2 < curves.length; index += 3) {
    const [a, b, to] = [curves[index], curves[index + 1], curves[index + 2]]
    if (!a || !b || !to) break
    for (let step = 0; step < STEPS; step++) points.push(onCurve(from, a, b, to, step / STEPS))
    from = to
  }
  return points
}

function onCurve(from: Point, a: Point, b: Point, to: Point, t: number): Point {
  const s = 1 - t
  const at = (axis: 0 | 1) =>
    s * s * s * from[axis] + 3 * s * s * t * a[axis] + 3 * s * t * t * b[axis] + t * t * t * to[axis]
  return [at(0), at(1)]
}

function turned([x, y]: Point): Point {
  const [dx, dy] = [x - SIDE / 2, y - SIDE / 2]
  return [SIDE / 2 + dx * Math.cos(TURN) - dy * Math.sin(TURN), SIDE / 2 + dx * Math.sin(TURN) + dy * Math.cos(TURN)]
}

function isInside([x, y]: Point, outline: readonly Point[]): boolean {
  let inside = false
  for (const [index, [ax, ay]] of outline.entries()) {
    const [bx, by] = outline[(index + 1) % outline.length] ?? [ax, ay]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}
