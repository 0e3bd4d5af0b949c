import { build, type Plugin, type SSROptions } from 'vite'

/** The libraries that carry a binary stay outside; all others are bundled. */
export const bundled: SSROptions = { noExternal: true, external: ['@napi-rs/keyring', '@vscode/ripgrep'] }

/**
 * How the files are written, for a short start: as CommonJS, which Node loads without its loader for modules, and in ASCII,
 * which it need not decode (nothing in here is a tagged template that would see the difference).
 */
export const fastToLoad: Plugin = {
  name: 'fast-to-load',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue
      file.code = inAscii(file.code.replace(/\bimport\(("node:[a-z/]+")\)/g, 'Promise.resolve(require($1))'))
      // What is kept compiled (`engine/compiled.ts`) has no loader for modules on Node 20.
      if (/\/(core|undici-http)-/.test(file.fileName) && /\bimport\(/.test(file.code))
        this.error(`${file.fileName} imports a package from outside when it runs: give its module a file of its own.`)
    }
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' })
  },
}

function inAscii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export interface StartedFile {
  /** Its source. */
  source: string
  fileName: string
  /** What it loads later, by the names of their sources: entries of the build that this is a part of. */
  later: readonly string[]
  /** In characters. A library in it would double the time until anything is done. */
  most: number
}

/**
 * Adds the file that is started, which is one by itself: to find and read one more is a fortieth of a start of Node. What
 * the others share with it is in it a second time.
 */
export function startedFile({ source, fileName, later, most }: StartedFile): Plugin {
  return {
    name: 'started-file',
    async generateBundle(_, files) {
      const names = new Map<string, string>()
      for (const file of Object.values(files)) {
        if (file.type === 'chunk' && file.isEntry) names.set(file.name, file.fileName)
      }
      const built = await build({
        ...{ configFile: false, logLevel: 'warn', plugins: [leftOutside(later, names)], ssr: bundled },
        build: {
          ...{ ssr: source, target: 'node20', write: false },
          rollupOptions: {
            output: {
              ...{ format: 'cjs', dynamicImportInCjs: false, codeSplitting: false, comments: false },
              banner: '#!/usr/bin/env node',
            },
          },
        },
      })
      const [file] = 'output' in built ? built.output : []
      if (file?.type !== 'chunk') return this.error(`${fileName} was not built.`)
      if (file.code.length > most)
        this.error(`${fileName} has ${file.code.length} characters: it imports more than it needs before all others.`)
      this.emitFile({ type: 'asset', fileName, source: inAscii(file.code) })
    },
  }
}

function leftOutside(later: readonly string[], names: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'left-outside',
    enforce: 'pre',
    resolveId(id) {
      const name = later.find((one) => id.endsWith(`/${one}.ts`))
      return name === undefined ? null : { id: `./${names.get(name)}`, external: true }
    },
  }
}
