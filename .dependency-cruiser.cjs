const { floors } = require('./floors.cjs')

/** Who may import whom. The path of a file says in which process it may run, and on which floor it stands. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.tsx?$' },
  to: { pathNot: allowed },
})
const libraries = 'node_modules'
const TESTS = '\\.test\\.tsx?$'

/** The files that stand in these folders of a part themselves; `.` is the part's own folder. */
const filesIn = (part, folders) =>
  `^${part}/(${folders.map((name) => (name === '.' ? '' : `${name}/`)).join('|')})[^/]+$`

/** One rule for each folder of `floors.cjs`: it imports the folders that it lists, and they stand below it. */
const floorRules = Object.entries(floors).flatMap(([part, folders]) => {
  const names = Object.keys(folders)
  return [
    ...names.map((name, index) => {
      const allowed = folders[name].split(' ').filter(Boolean)
      const above = allowed.find((other) => !names.slice(0, index).includes(other))
      if (above) throw new Error(`floors.cjs: ${part}/${name} lists ${above}, which does not stand before it.`)
      return {
        name: `floor of ${part}/${name}`,
        comment: 'floors.cjs lists what a folder may import',
        severity: 'error',
        from: { path: filesIn(part, [name]), pathNot: TESTS },
        to: { path: `^${part}/.*\\.tsx?$`, pathNot: filesIn(part, [name, ...allowed]) },
      }
    }),
    {
      name: `every folder of ${part} has its floor`,
      comment: 'a new folder is added to floors.cjs',
      severity: 'error',
      from: { path: `^${part}/`, pathNot: [TESTS, filesIn(part, names)] },
      to: {},
    },
  ]
})

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    only('shared-is-pure', '^shared/', ['^shared/', 'node_modules/zod/'], 'shared knows zod only'),
    {
      name: 'engine-without-electron',
      severity: 'error',
      from: { path: '^electron/(engine|cli|worker)/' },
      to: { path: 'node_modules/electron(-store)?/' },
    },
    {
      name: 'engine-stays-inside',
      severity: 'error',
      from: { path: '^electron/engine/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(electron/(main|preload|cli|worker)|renderer|e2e)/' },
    },
    {
      name: 'engine-has-one-door',
      comment:
        'main, the terminal and the worker use engine.ts only, and what is wanted before the engine or without it',
      severity: 'error',
      from: { path: '^electron/(main|cli|worker)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^electron/engine/',
        pathNot: '^electron/engine/(engine|data-folder|claw-command|compiled|runs/(newest-first|certain-runs))\\.ts$',
      },
    },
    ...floorRules,
    {
      name: 'tests-support-tests',
      severity: 'error',
      from: { path: '^(shared|electron|renderer)/', pathNot: TESTS },
      to: { path: '^(test-support|e2e)/' },
    },
    {
      name: 'the-list-that-must-not-wait',
      comment: 'it reads at once, which would block a window: it is for the terminal alone',
      severity: 'error',
      from: { path: '^electron/', pathNot: ['^electron/cli/quick/', TESTS] },
      to: { path: '^electron/engine/runs/certain-runs\\.ts$' },
    },
    {
      name: 'programs-apart',
      severity: 'error',
      from: { path: '^electron/(main|cli|preload|worker)/' },
      to: { path: '^electron/(main|cli|preload|worker)/', pathNot: '^electron/$1/' },
    },
    only(
      'preload-is-thin',
      '^electron/preload/',
      ['^electron/preload/', '^shared/', 'node_modules/electron/', '^electron$'],
      'types of shared only',
    ),
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^(electron|e2e|scripts)/|node_modules/(electron|undici)/' },
    },
    {
      name: 'renderer-no-builtins',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: libraries },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
