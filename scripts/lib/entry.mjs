// @ts-check
import { realpathSync } from 'node:fs'

/**
 * Whether this module is what was started, and not imported by another.
 *
 * @param {ImportMeta} meta
 */
export const isEntry = (meta) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === meta.filename
