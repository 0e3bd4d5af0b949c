/** When the newest press of its kind began, and when it was last heard of; by `performance.now()`. */
interface Press {
  began: number
  at: number
}

let pointer: Press = { began: 0, at: 0 }
let key: Press = { began: 0, at: 0 }

function pressed(press: Press, goesOn: boolean): Press {
  const now = performance.now()
  return { began: goesOn ? press.began : now, at: now }
}

// A double click and a key that is held down are one gesture, which began with its first press.
const listeners: { [Type in 'mousedown' | 'mouseup' | 'keydown' | 'keyup']: (event: WindowEventMap[Type]) => void } = {
  mousedown: ({ detail }) => {
    pointer = pressed(pointer, detail > 1)
  },
  mouseup: () => {
    pointer = pressed(pointer, true)
  },
  keydown: ({ repeat }) => {
    key = pressed(key, repeat)
  },
  keyup: () => {
    key = pressed(key, true)
  },
}
window.addEventListener('mousedown', listeners.mousedown, true)
window.addEventListener('mouseup', listeners.mouseup, true)
window.addEventListener('keydown', listeners.keydown, true)
window.addEventListener('keyup', listeners.keyup, true)

/** Milliseconds within which a click is the work of the press that was just heard of. */
const AT_ONCE = 50

/** When the gesture that makes the present click began; now, where a program that reads the screen makes it. */
export function gestureBegan(): number {
  const newest = pointer.at > key.at ? pointer : key
  const now = performance.now()
  return now - newest.at < AT_ONCE ? newest.began : now
}
