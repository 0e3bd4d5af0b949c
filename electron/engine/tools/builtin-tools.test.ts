import { expect, test } from 'vitest'
import { toolJson } from '../backend/request/request-body.ts'
import { builtinTools } from './builtin-tools.ts'
import { toolDefinitions } from './contract/tool-definitions.ts'

/** Recorded from a request, one tool a line: a byte that changes costs every local model its prefill once. */
const RECORDED = [
  '{"type":"function","function":{"name":"bash","description":"Run a shell command in the workspace and get its output and exit code. No terminal and no input. Background processes end with the command.","parameters":{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}}}',
  '{"type":"function","function":{"name":"edit_file","description":"Replace old_text with new_text in a file. old_text must be copied exactly from the file, indentation included, and stand there once; replace_all replaces every place.","parameters":{"type":"object","properties":{"path":{"type":"string"},"old_text":{"type":"string"},"new_text":{"type":"string"},"replace_all":{"type":"boolean"}},"required":["path","old_text","new_text"]}}}',
  '{"type":"function","function":{"name":"glob_search","description":"Find files by name, such as *.ts or src/**/*.test.ts. Skips ignored and hidden files.","parameters":{"type":"object","properties":{"pattern":{"type":"string"}},"required":["pattern"]}}}',
  '{"type":"function","function":{"name":"grep_search","description":"Search file contents for a regular expression, in the workspace or in path. Skips ignored and hidden files.","parameters":{"type":"object","properties":{"pattern":{"type":"string"},"path":{"type":"string"}},"required":["pattern"]}}}',
  '{"type":"function","function":{"name":"list_dir","description":"List the files and folders in a folder. Folders end in /.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}}',
  '{"type":"function","function":{"name":"read_file","description":"Read a text file. Up to 2000 lines at once; start_line and end_line (from 1, inclusive) choose a part.","parameters":{"type":"object","properties":{"path":{"type":"string"},"start_line":{"type":"integer","minimum":1},"end_line":{"type":"integer","minimum":1}},"required":["path"]}}}',
  '{"type":"function","function":{"name":"write_file","description":"Create a file, or replace a whole file; makes missing folders. For a change in a file use edit_file.","parameters":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},"required":["path","content"]}}}',
]

test('the tools of a request are byte for byte as recorded', () => {
  expect(toolDefinitions(builtinTools).map(toolJson)).toEqual(RECORDED)
})
