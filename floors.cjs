// @ts-check
/**
 * The floors of each part, from the ground up: a folder, and the folders of the same part that it may import, types
 * included. A folder may only name what stands above it here, so no two can depend on each other. `.` is the part's own
 * files. Tests may import everything. `npm run check` holds this (see `.dependency-cruiser.cjs`); what one part may import
 * of another stands in AGENTS.md.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
const floors = {
  shared: {
    lib: '',
    '.': '',
    approval: '',
    limits: '. lib',
    policy: 'limits',
    verify: '',
    profile: '. verify',
    doctor: '. profile',
    settings: '. limits policy profile verify',
    spending: '. limits profile',
    session: '. approval lib limits policy profile spending verify',
    run: '. approval limits policy spending verify session',
    feed: '. approval limits policy profile doctor settings spending session run',
  },
  'electron/engine': {
    lib: '',
    demo: '',
    window: 'lib',
    journal: 'lib',
    // The wire: one server, one answer.
    'backend/contract': '',
    'backend/http': 'backend/contract',
    'backend/errors': 'lib backend/contract',
    'backend/servers': 'lib backend/contract backend/http backend/errors',
    'backend/request': 'lib backend/contract backend/servers',
    'backend/tool-calls': 'lib',
    'backend/recover': 'lib backend/contract backend/tool-calls',
    'backend/reply':
      'lib backend/contract backend/errors backend/servers backend/request backend/tool-calls backend/recover',
    'backend/ollama-native': 'lib backend/contract backend/servers backend/request backend/reply',
    'backend/attempts':
      'backend/contract backend/http backend/errors backend/servers backend/request backend/reply backend/ollama-native',
    backend:
      'backend/contract backend/http backend/servers backend/request backend/recover backend/reply backend/ollama-native backend/attempts',
    // What a person set.
    secrets: 'lib',
    settings: 'lib',
    profiles: 'lib backend/contract secrets settings',
    budget: 'lib settings profiles',
    policy: 'lib budget',
    instructions: 'lib policy',
    slots: 'lib backend/contract',
    doctor:
      'lib backend/contract backend/http backend/errors backend/servers backend/request backend/reply backend/ollama-native backend/attempts profiles slots',
    // What a model may do.
    'tools/contract': 'lib',
    'tools/approval': 'tools/contract',
    'tools/contain': 'lib tools/contract',
    'tools/files': 'tools/contract tools/approval tools/contain',
    'tools/search': 'lib tools/contract tools/contain tools/files',
    'tools/sandbox': 'lib tools/contract',
    'tools/shell': 'lib tools/contract tools/approval tools/contain tools/sandbox',
    tools: 'tools/contract tools/files tools/search tools/shell',
    // One turn, one session, all runs, all viewers.
    agent: 'lib backend/contract backend/tool-calls profiles budget policy slots tools/contract tools/approval',
    sessions: 'lib journal backend/contract profiles budget policy instructions slots tools/contract agent',
    runs: 'lib journal profiles tools/contract sessions',
    feed: 'lib settings profiles budget doctor slots sessions runs',
    remote: 'lib secrets profiles sessions runs',
    worker: 'lib profiles sessions runs feed remote',
    '.': 'lib demo window backend/servers backend secrets settings profiles budget policy instructions slots doctor tools/contract tools/sandbox tools sessions runs feed remote worker',
  },
  'electron/main': {
    ipc: '',
    core: 'ipc',
    leave: '',
    notifications: 'core',
    tray: 'core leave notifications',
    '.': 'ipc core leave notifications tray',
  },
  'electron/cli': {
    terminal: '',
    answer: 'terminal',
    keyboard: 'terminal',
    'command-line': 'terminal',
    quick: 'terminal',
    run: 'terminal answer keyboard command-line',
    attach: 'terminal keyboard run',
    chat: 'terminal keyboard command-line run',
    commands: 'terminal keyboard command-line run attach chat',
    '.': 'terminal command-line quick commands',
  },
  renderer: {
    bridge: '',
    lib: '',
    stores: 'bridge lib',
    ui: 'lib stores',
    prose: 'lib stores ui',
    backends: 'bridge lib stores ui',
    budget: 'bridge lib stores ui',
    policy: 'lib stores ui',
    approvals: 'lib stores ui prose budget',
    queue: 'lib stores ui',
    transcript: 'lib stores ui prose backends approvals queue',
    composer: 'lib stores ui backends budget',
    chat: 'lib stores ui policy queue transcript composer',
    background: 'lib stores ui prose approvals transcript queue',
    'first-run': 'bridge lib stores ui backends',
    settings: 'lib stores ui',
    shell: 'lib stores ui backends budget chat background first-run settings',
    '.': 'stores shell',
  },
}

module.exports = { floors }
