// @ts-check

/**
 * Debian's and Ubuntu's packages for what Electron links to. Where the name changed with the 64-bit time transition, the
 * newer one stands first and the first one that the distribution has is taken.
 *
 * @type {Record<string, string[]>}
 */
const packagesOfLibrary = {
  'libasound.so.2': ['libasound2t64', 'libasound2'],
  'libatk-1.0.so.0': ['libatk1.0-0t64', 'libatk1.0-0'],
  'libatk-bridge-2.0.so.0': ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'],
  'libatspi.so.0': ['libatspi2.0-0t64', 'libatspi2.0-0'],
  'libcairo.so.2': ['libcairo2'],
  'libcups.so.2': ['libcups2t64', 'libcups2'],
  'libdbus-1.so.3': ['libdbus-1-3'],
  'libdrm.so.2': ['libdrm2'],
  'libexpat.so.1': ['libexpat1'],
  'libgbm.so.1': ['libgbm1'],
  'libgcc_s.so.1': ['libgcc-s1'],
  'libgdk-3.so.0': ['libgtk-3-0t64', 'libgtk-3-0'],
  'libgio-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
  'libglib-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
  'libgobject-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
  'libgtk-3.so.0': ['libgtk-3-0t64', 'libgtk-3-0'],
  'libnspr4.so': ['libnspr4'],
  'libnss3.so': ['libnss3'],
  'libnssutil3.so': ['libnss3'],
  'libpango-1.0.so.0': ['libpango-1.0-0'],
  'libsmime3.so': ['libnss3'],
  'libudev.so.1': ['libudev1'],
  'libX11.so.6': ['libx11-6'],
  'libxcb.so.1': ['libxcb1'],
  'libXcomposite.so.1': ['libxcomposite1'],
  'libXdamage.so.1': ['libxdamage1'],
  'libXext.so.6': ['libxext6'],
  'libXfixes.so.3': ['libxfixes3'],
  'libxkbcommon.so.0': ['libxkbcommon0'],
  'libXrandr.so.2': ['libxrandr2'],
}

/**
 * The libraries that a program cannot find, from the output of `ldd`.
 *
 * @param {string} lddOutput
 */
export function missingLibraries(lddOutput) {
  const names = [...lddOutput.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => /** @type {string} */ (match[1]))
  return [...new Set(names)]
}

/**
 * What to install for these libraries: for each the names it may have, and the libraries nobody knows a package for.
 *
 * @param {string[]} libraries
 * @returns {{ wanted: string[][], unknown: string[] }}
 */
export function packagesFor(libraries) {
  const known = libraries.filter((library) => library in packagesOfLibrary)
  const wanted = new Map(known.map((library) => [String(packagesOfLibrary[library]), packagesOfLibrary[library] ?? []]))
  return { wanted: [...wanted.values()], unknown: libraries.filter((library) => !known.includes(library)) }
}

/**
 * Chooses one name each: the first that is on offer, or the last, whose absence the package manager then explains.
 *
 * @param {string[][]} wanted
 * @param {string[]} offered
 */
export function chooseNames(wanted, offered) {
  return [...new Set(wanted.map((names) => names.find((name) => offered.includes(name)) ?? names.at(-1) ?? ''))]
}

/**
 * The packages that can really be installed, from the output of `apt-cache madison`.
 *
 * @param {string} madison
 */
export function offeredPackages(madison) {
  return [...new Set([...madison.matchAll(/^\s*(\S+) \|/gm)].map((match) => /** @type {string} */ (match[1])))]
}
