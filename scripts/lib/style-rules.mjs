// @ts-check
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'
import { readSelectors } from './css-selectors.mjs'

/**
 * @typedef {object} Source
 * @property {string} path relative to the renderer's folder, with slashes
 * @property {string} text
 */

/** The sheets that every part may use. */
const VOCABULARY = 'styles'

/** Where the window begins. */
const MAIN = 'main.tsx'

/**
 * Sheets stay in the page once they were loaded, so a rule of one part must not be able to reach another. The classes
 * that the sheets of `styles/` select are the vocabulary of all parts. A class that only the sheets of one folder select
 * is that folder's own. Each rule outside of `styles/` selects by at least one own class or an id, and a component wears
 * no class that is another folder's own. A class that no component wears is dead.
 *
 * What a page shows comes with its sheets: a class that a component wears is styled in a sheet that the window always has,
 * or that comes with the page that shows the component. Otherwise it looks as it should only after a visit elsewhere.
 *
 * What scrolls is a place for what is positioned in it. Otherwise text for readers, which is positioned, makes a box
 * further out as long as what is scrolled out of sight.
 *
 * @param {readonly Source[]} sheets
 * @param {readonly Source[]} components
 * @returns {string[]} what is wrong, a line each
 */
export function styleProblems(sheets, components) {
  const rules = sheets.flatMap(({ path, text }) =>
    readSelectors(text).map((selector) => ({ path, folder: folderOf(path), ...selector })),
  )
  const folders = new Map()
  for (const { folder, classes } of rules) for (const name of classes) add(folders, name, folder)
  const ownerOf = (/** @type {string} */ name) => {
    const [owner, ...others] = folders.get(name) ?? []
    return others.length === 0 && owner !== VOCABULARY ? owner : undefined
  }

  const worn = components.map((component) => ({ ...component, ...readClasses(component) }))
  const problems = []
  for (const { path, folder, text, reached, hasId } of rules) {
    if (folder === VOCABULARY || hasId || reached.some((name) => ownerOf(name) === folder)) continue
    problems.push(`${path}: "${text}" reaches beyond ${folder}/. Select by a class that only ${folder}/ has.`)
  }
  for (const { path, names } of worn) {
    for (const name of names) {
      const owner = ownerOf(name)
      if (owner === undefined || owner === folderOf(path)) continue
      problems.push(`${path}: "${name}" is a class of ${owner}/. Give it another name, or move its style to styles/.`)
    }
  }
  problems.push(...lateStyles(sheets, rules, worn, ownerOf))
  for (const { path, text, declarations } of rules) {
    if (!/overflow(-[xy])?:[^;]*\b(auto|scroll)\b/.test(declarations) || /position:/.test(declarations)) continue
    problems.push(`${path}: "${text}" scrolls but holds nothing that is positioned in it. Add "position: relative".`)
  }
  const isWorn = (/** @type {string} */ name) =>
    worn.some(({ words, beginnings }) => words.has(name) || beginnings.some((beginning) => name.startsWith(beginning)))
  for (const name of folders.keys()) {
    if (isWorn(name)) continue
    const path = rules.find(({ classes }) => classes.includes(name))?.path
    problems.push(`${path}: nothing wears the class "${name}".`)
  }
  return problems
}

/**
 * The window begins with `main.tsx`; whatever is imported only when it is needed begins a page of its own.
 *
 * @param {readonly Source[]} sheets
 * @param {readonly { path: string, classes: string[] }[]} rules
 * @param {readonly { path: string, text: string, names: Set<string> }[]} worn
 * @param {(name: string) => string | undefined} ownerOf
 * @returns {string[]}
 */
function lateStyles(sheets, rules, worn, ownerOf) {
  const texts = new Map([...sheets, ...worn].map(({ path, text }) => [path, text]))
  const reach = (/** @type {string} */ from) => {
    const reached = new Set([from])
    for (const path of reached) {
      for (const target of importsOf(path, texts.get(path) ?? '').now) if (texts.has(target)) reached.add(target)
    }
    return reached
  }
  const window = reach(MAIN)
  const pages = [...texts].flatMap(([path, text]) => importsOf(path, text).later).filter((path) => texts.has(path))
  const sheetsOf = (/** @type {string} */ name) =>
    rules.filter(({ classes }) => classes.includes(name)).map(({ path }) => path)
  const problems = new Set()
  for (const [page, reached] of new Map([[MAIN, window], ...pages.map((path) => pair(path, reach(path)))])) {
    for (const { path, names } of worn) {
      if (!reached.has(path)) continue
      for (const name of names) {
        if (ownerOf(name) === undefined) continue
        if (sheetsOf(name).some((sheet) => window.has(sheet) || reached.has(sheet))) continue
        problems.add(`${path}: "${name}" has no style where ${page} shows it. Import its sheet in this component.`)
      }
    }
  }
  return [...problems]
}

/**
 * What a component or sheet imports at once, and what only when it is needed, as paths like its own.
 *
 * @param {string} path
 * @param {string} text
 */
function importsOf(path, text) {
  const found = (/** @type {RegExp} */ pattern) =>
    [...text.matchAll(pattern)].map(([, target = '']) => join(dirname(path), target).replaceAll('\\', '/'))
  return {
    now: found(/(?:^import |^export .*from |from |@import )["'](\.[^"']+)["']/gm),
    later: found(/\bimport\(["'](\.[^"']+)["']\)/g),
  }
}

/**
 * @param {string} path
 * @param {Set<string>} reached
 * @returns {[string, Set<string>]}
 */
function pair(path, reached) {
  return [path, reached]
}

/** @param {string} folder the renderer's */
export function readRenderer(folder) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'))
  const read = (/** @type {RegExp} */ wanted) =>
    paths
      .filter((path) => wanted.test(path) && !/\.test\.tsx?$/.test(path))
      .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  return { sheets: read(/\.css$/), components: read(/\.tsx?$/) }
}

/**
 * The classes that a component wears (`names`, in anything that is given as a class name), and all words of its texts,
 * whole ones, names of properties and beginnings such as `head-` of `head-${depth}`: class names are also built elsewhere
 * and handed over.
 *
 * @param {Source} component
 */
function readClasses({ path, text }) {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  const source = ts.createSourceFile(basename(path), text, ts.ScriptTarget.Latest, false, kind)
  const names = new Set()
  const words = new Set()
  /** @type {string[]} */
  const beginnings = []
  const visit = (/** @type {ts.Node} */ node, /** @type {boolean} */ inClassName) => {
    if (ts.isStringLiteralLike(node) || isTemplatePart(node)) {
      for (const name of wordsOf(node.text)) {
        words.add(name)
        if (inClassName) names.add(name)
      }
    }
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) words.add(node.name.text)
    if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node)) {
      const beginning = /[a-z][\w-]*-$/i.exec(node.text)?.[0]
      if (beginning) beginnings.push(beginning)
    }
    const isClassName = ts.isJsxAttribute(node) && /classname$/i.test(node.name.getText(source))
    ts.forEachChild(node, (child) => visit(child, inClassName || isClassName))
  }
  visit(source, false)
  return { names, words, beginnings }
}

/**
 * @param {ts.Node} node
 * @returns {node is ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail}
 */
function isTemplatePart(node) {
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
}

/** @param {string} text */
function wordsOf(text) {
  return text.match(/(?<![\w-])[a-z][\w-]*/gi) ?? []
}

/** @param {string} path */
function folderOf(path) {
  return dirname(path).split('/')[0] ?? ''
}

/**
 * @param {Map<string, Set<string>>} sets
 * @param {string} key
 * @param {string} value
 */
function add(sets, key, value) {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set.add(value))
}
