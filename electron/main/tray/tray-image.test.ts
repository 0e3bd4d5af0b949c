import { expect, test } from 'vitest'
import { darkInk, drawTrayImage, type Ink, lightInk } from './tray-image.ts'
import type { TrayMark } from './tray-model.ts'

/** A character a pixel: nothing, half, the mark's colour, another colour. */
function picture(mark: TrayMark, size: number, ink: Ink, onlyShape?: boolean): string[] {
  const pixels = drawTrayImage(mark, size, ink, onlyShape)
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_unused, x) => {
      const at = (y * size + x) * 4
      const alpha = pixels.readUInt8(at + 3)
      if (alpha < 48) return ' '
      if (alpha < 176) return '.'
      return Math.abs(pixels.readUInt8(at) - ink[2]) < 40 ? '#' : 'o'
    }).join(''),
  )
}

test('the mark with its dot, as large as a small panel shows it', () => {
  expect(picture('running', 16, darkInk)).toEqual([
    '            ..  ',
    '           oooo ',
    '        . .oooo.',
    '   .    # .oooo.',
    '   ..   #. oooo ',
    '   #.  .#.  ..  ',
    '   ##  .#.  .   ',
    '   #.  .#.  #.  ',
    '   #.  .#.  #.  ',
    '  .#   .#   #.  ',
    '  ..   ##  .#   ',
    '       #.  ..   ',
    '      ..   .    ',
    '      .    .    ',
    '                ',
    '                ',
  ])
})

test('every state looks different, and where the desktop colours it, too', () => {
  const marks: TrayMark[] = ['idle', 'running', 'waiting', 'failed', 'paused']
  const coloured = new Set(marks.map((mark) => drawTrayImage(mark, 22, lightInk).toString('hex')))
  const shapes = new Set(marks.map((mark) => picture(mark, 22, darkInk, true).join('')))
  expect([coloured.size, shapes.size]).toEqual([5, 5])
})
