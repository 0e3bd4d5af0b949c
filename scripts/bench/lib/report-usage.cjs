// Loaded before a measured program: says on file descriptor 3 what it took, in the moment it ends.
const { writeSync } = require('node:fs')

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeSync(3, JSON.stringify({ peakKilobytes: maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000 }))
})
