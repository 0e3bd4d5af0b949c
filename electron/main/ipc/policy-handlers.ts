import type { Engine } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

type PolicyRequest = Extract<keyof Handlers, `policy.${string}`>

/** What the window does with the manifests and instructions of a folder. */
export function policyHandlers({ policies, instructions }: Engine): Pick<Handlers, PolicyRequest> {
  return {
    'policy.show': ({ folder }) => policies.show(folder),
    'policy.answer': async ({ files, trusted }) => {
      await policies.answer(files, trusted)
      return null
    },
    'policy.revoke': async ({ paths }) => {
      await policies.revoke(paths)
      return null
    },
    'policy.instructions': ({ folder }) => instructions.show(folder),
    'policy.answerFolder': async ({ folder, trusted }) => {
      await instructions.answer(folder, trusted)
      return null
    },
    'policy.answeredFolders': async () => ({ folders: await instructions.answeredFolders() }),
    'policy.revokeFolder': async ({ folder }) => {
      await instructions.revoke(folder)
      return null
    },
  }
}
