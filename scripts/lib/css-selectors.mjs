// @ts-check

/**
 * @typedef {object} Selector one of a rule's list, "a, .b" being two
 * @property {string} text
 * @property {string[]} classes all of them, also those of `:not()` and `:has()`
 * @property {string[]} reached those that what is styled, or something around it, must have
 * @property {boolean} hasId
 * @property {string} declarations those of its rule
 */

/**
 * The selectors of all rules of a sheet, those in `@media` and its kind too. The sheets are well-formed and their rules
 * do not nest: the linter and the formatter see to that.
 *
 * @param {string} sheet
 * @returns {Selector[]}
 */
export function readSelectors(sheet) {
  const text = sheet.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(["'])(?:\\.|(?!\1).)*\1/g, '""')
  /** @type {Selector[]} */
  const selectors = []
  /** @type {('group' | 'rule' | 'other')[]} what each open brace is of */
  const open = []
  /** @type {ReturnType<typeof readSelector>[]} */
  let rule = []
  let ruleStart = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character !== '{' && character !== '}' && character !== ';') continue
    const before = text.slice(start, at).trim()
    start = at + 1
    if (character === '}' && open.pop() === 'rule') {
      for (const selector of rule) selectors.push({ ...selector, declarations: text.slice(ruleStart, at).trim() })
    }
    if (character !== '{') continue
    const groups = /^@(media|container|supports|layer|scope)\b/.test(before)
    const isRule = !before.startsWith('@') && open.every((kind) => kind === 'group')
    open.push(groups ? 'group' : isRule ? 'rule' : 'other')
    if (!isRule) continue
    rule = splitList(before).map(readSelector)
    ruleStart = at + 1
  }
  return selectors
}

/** @param {string} text */
function readSelector(text) {
  const required = text.replace(/:(?:not|has)\((?:[^()]|\([^()]*\))*\)/g, '')
  return { text, classes: classesOf(text), reached: classesOf(required), hasId: /#[a-z]/i.test(required) }
}

/** @param {string} text */
function classesOf(text) {
  return [...text.matchAll(/\.(-?[a-z_][\w-]*)/gi)].map(([, name]) => String(name))
}

/** @param {string} list */
function splitList(list) {
  const parts = ['']
  let depth = 0
  for (const character of list) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim().replace(/\s+/g, ' '))
}
