import type { Tool } from './contract/tool.ts'
import { editFileTool } from './files/edit-file.ts'
import { readFileTool } from './files/read-file.ts'
import { writeFileTool } from './files/write-file.ts'
import { globSearchTool } from './search/glob-search.ts'
import { grepSearchTool } from './search/grep-search.ts'
import { listDirTool } from './search/list-dir.ts'
import { createBashTool } from './shell/bash.ts'

/** By name: their order is part of the prefix that a server caches. */
export const builtinTools: readonly Tool[] = [
  createBashTool(),
  editFileTool,
  globSearchTool,
  grepSearchTool,
  listDirTool,
  readFileTool,
  writeFileTool,
]
