import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DoctorReport } from '#shared/doctor.ts'
import type { ProfileId } from '#shared/ids.ts'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'

/** The last report of each profile, `doctor/<profileId>.json` in the data folder. */
export class DoctorFiles {
  readonly #folder: string

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'doctor')
  }

  /** What cannot be read, or is of another version, is left out: a test makes it again. */
  async readAll(): Promise<DoctorReport[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'))
    const reports = await Promise.all(names.map((name) => this.#read(name)))
    return reports.filter((report) => report !== null)
  }

  async write(report: DoctorReport): Promise<void> {
    await writeFileAtomic(join(this.#folder, `${report.profileId}.json`), `${JSON.stringify(report)}\n`)
  }

  async remove(id: ProfileId): Promise<void> {
    await rm(join(this.#folder, `${id}.json`), { force: true })
  }

  async #read(name: string): Promise<DoctorReport | null> {
    const text = await readFileIfThere(join(this.#folder, name))
    const report = text === null ? null : DoctorReport.safeParse(parsed(text))
    return report?.success && name === `${report.data.profileId}.json` ? report.data : null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Damaged: it counts as none.
    return undefined
  }
}
