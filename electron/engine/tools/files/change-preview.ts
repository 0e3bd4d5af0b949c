import type { FileDiff } from '#shared/approval/file-diff.ts'
import { plainCounted } from '#shared/lib/counted.ts'
import { HOLDS_UNTIL, WRITE_RULE } from '../approval/approval-rule.ts'
import { runsLater } from '../approval/runs-later.ts'
import type { ApprovalPreview } from '../contract/tool.ts'
import type { ToolProblem } from '../contract/tool-problem.ts'
import { folderName, type Workspace } from '../contract/workspace.ts'
import { changeSummary } from './file-change.ts'

/** What a person is asked before a file is written. */
export function changePreview(
  workspace: Workspace,
  diff: FileDiff,
  /** Why the model may not know what it replaces. */
  unseen: ToolProblem | null = null,
): ApprovalPreview {
  const folder = folderName(workspace.root)
  const folders = [workspace.root, ...workspace.addedFolders].map(folderName).join(', ')
  const later = runsLater(diff.path)
  const verb = diff.created ? 'create' : 'change'
  const partly = [
    diff.omittedLines ? `${plainCounted(diff.omittedLines, 'more line')} not shown` : '',
    diff.cutLines ? `${plainCounted(diff.cutLines, 'very long line')} shown only around the change` : '',
  ].filter((part) => part !== '')
  return {
    purpose: `to ${verb} a file in ${folder}`,
    subject: { kind: 'change', diff },
    facts: [
      { name: diff.created ? 'Creates' : 'Changes', text: `${diff.path}, ${changeSummary(diff)}` },
      ...(later ? [{ name: 'Runs later', text: later }] : []),
      ...(unseen ? [{ name: 'Unseen', text: `the model does not know all that it replaces: ${unseen.summary}` }] : []),
      ...(partly.length > 0 ? [{ name: 'Not whole', text: partly.join(', ') }] : []),
      {
        name: 'This session',
        text: later
          ? 'would allow nothing more: files that other programs run later are asked about each time'
          : `would also allow every other change of files in ${folders}, except of files that other programs run later, ${HOLDS_UNTIL}`,
      },
    ],
    sessionRule: WRITE_RULE,
    ...(later && { beyond: 'session-rules' }),
  }
}
