import type { FileDiff } from '#shared/file-diff.ts'
import { WRITE_RULE } from './approval-rule.ts'
import { changeSummary } from './file-change.ts'
import type { ApprovalPreview } from './tool.ts'
import { folderName, type Workspace } from './workspace.ts'

/** What a person is asked before a file is written. */
export function changePreview(workspace: Workspace, diff: FileDiff, action: 'create' | 'change'): ApprovalPreview {
  const folder = folderName(workspace.root)
  return {
    purpose: `to ${action} a file in ${folder}`,
    subject: { kind: 'change', diff },
    facts: [
      { name: action === 'create' ? 'Creates' : 'Changes', text: `${diff.path}, ${changeSummary(diff)}` },
      {
        name: 'This session',
        text: `would also allow every other change of files in ${folder} until you close the chat`,
      },
    ],
    sessionRule: WRITE_RULE,
  }
}
