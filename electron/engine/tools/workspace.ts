/** The folders that tools may touch. Filled in by the tools module. */
export interface Workspace {
  /** Absolute, symlinks resolved. */
  root: string
  /** Added by `--add-dir`: absolute, symlinks resolved. */
  addedFolders: readonly string[]
}
