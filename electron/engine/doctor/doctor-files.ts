import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DoctorReport } from '#shared/doctor/doctor.ts'
import type { ProfileId } from '#shared/ids.ts'
import { parseJson } from '#shared/lib/json.ts'
import { readFileIfThere, writeFileAtomic } from '../lib/atomic-file.ts'

/**
 * The last report of each profile, `doctor/<profileId>.json` in the data folder. What cannot be read, or is of another
 * version, is left out: a test makes it again. Rejects with the system's error.
 */
export async function readReports(dataFolder: string): Promise<DoctorReport[]> {
  const folder = folderIn(dataFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const reports = await Promise.all(names.map((name) => readReport(folder, name)))
  return reports.filter((report) => report !== null)
}

/** Writes the report of a profile. Rejects with the system's error. */
export async function writeReport(dataFolder: string, report: DoctorReport): Promise<void> {
  await writeFileAtomic(join(folderIn(dataFolder), `${report.profileId}.json`), `${JSON.stringify(report)}\n`)
}

/** Removes the report of a profile. Rejects with the system's error. */
export async function removeReport(dataFolder: string, id: ProfileId): Promise<void> {
  await rm(join(folderIn(dataFolder), `${id}.json`), { force: true })
}

function folderIn(dataFolder: string): string {
  return join(dataFolder, 'doctor')
}

async function readReport(folder: string, name: string): Promise<DoctorReport | null> {
  const text = await readFileIfThere(join(folder, name))
  const report = text === null ? null : DoctorReport.safeParse(parseJson(text))
  return report?.success && name === `${report.data.profileId}.json` ? report.data : null
}
