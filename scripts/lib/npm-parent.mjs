// @ts-check

const lookEveryMs = 500

/**
 * Ends this process, as SIGTERM would, when the npm that started it was told to end: npm passes the signal to a shell
 * between the two, and the shell ends without passing it on.
 */
export function endWithNpm() {
  // Started by hand, a parent may well go away, and the program is meant to stay.
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, lookEveryMs)
  timer.unref()
}
