/** Who may import whom. The path of a file says in which process it may run. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.tsx?$' },
  to: { pathNot: allowed },
})
const libraries = 'node_modules'

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
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
        pathNot: '^electron/engine/(engine|data-folder|claw-command|runs/(newest-first|run-version))\\.ts$',
      },
    },
    {
      name: 'backend-tools-budget-apart',
      comment: 'the agent loop gets them as arguments, sessions join them',
      severity: 'error',
      from: { path: '^electron/engine/(backend|tools|budget)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^electron/engine/(backend|tools|budget|agent|sessions|feed)/', pathNot: '^electron/engine/$1/' },
    },
    {
      name: 'policy-judges-only',
      comment: 'it says what may be; tools, agent and sessions do it',
      severity: 'error',
      from: { path: '^electron/engine/policy/', pathNot: '\\.test\\.ts$' },
      to: { path: '^electron/engine/(?!policy/|lib/|budget/limit-source)' },
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
