import type { DoctorCheck, DoctorRemedy } from '#shared/doctor/doctor.ts'
import { speaksNative } from '../backend/ollama-native/native-request.ts'
import { modelInfo } from '../backend/servers/models.ts'
import { check, tokenCount } from './check.ts'
import type { Examination } from './examination.ts'
import { countAt, recordsAt, textAt } from './json-path.ts'
import { restartVllm } from './vllm-flags.ts'

/** Below this an agent forgets the beginning of its work before it is done. Tokens. */
const SMALL = 16_384
const COMFORTABLE = 32_768

interface Window {
  /** null = not known. */
  inUse: number | null
  /** What the model was trained for; null = not known. */
  possible: number | null
  /** Where `inUse` comes from. */
  source: string
  /** llama-server's file of the model. */
  file?: string
}

/** What really fits into a conversation, which is often less than the model could do. */
export async function checkWindow(examination: Examination): Promise<DoctorCheck> {
  const { profile } = examination
  const window = await readWindow(examination)
  const { inUse, possible, source } = window
  if (examination.wantsLoad) return check('window', 'not-tried', notLoadedWords(possible))
  if (inUse === null) {
    return profile.contextWindow === undefined
      ? check('window', 'not-tried', 'Not known: this server does not tell. A number set on the profile would count.')
      : check(
          'window',
          'ok',
          `${tokenCount(profile.contextWindow)} tokens, as the profile says; the server does not tell`,
        )
  }
  const more = possible !== null && possible > inUse ? possible : null
  if (inUse < SMALL) {
    const evidence = more
      ? `${tokenCount(inUse)} tokens are in use, the model could do ${tokenCount(more)}.`
      : `${tokenCount(inUse)} tokens, ${source}. That is little for an agent.`
    return check('window', 'warning', evidence, {
      brief: `window of ${tokenCount(inUse)} tokens`,
      remedies: largerWindow(examination, more ?? COMFORTABLE, window.file),
    })
  }
  if (profile.contextWindow !== undefined && profile.contextWindow > inUse) {
    const evidence = `The profile says ${tokenCount(profile.contextWindow)} tokens, the server has ${tokenCount(inUse)}.`
    const apply = { label: `Use ${tokenCount(inUse)} on this profile`, change: { contextWindow: inUse } }
    return check('window', 'warning', evidence, {
      brief: `window of ${tokenCount(inUse)} tokens`,
      remedies: [{ text: 'Otherwise it overflows before anybody notices.', apply }],
    })
  }
  const rest = more ? `; the model could do ${tokenCount(more)}` : ''
  return check('window', 'ok', `${tokenCount(inUse)} tokens, ${source}${rest}`)
}

async function readWindow({ kind, probe, model, entry }: Examination): Promise<Window> {
  const listed = modelInfo(entry).contextWindow
  switch (kind) {
    case 'vllm':
      return { inUse: listed, possible: null, source: 'as max_model_len says' }
    case 'ollama': {
      const [running, shown] = await Promise.all([
        probe.readJson(`${probe.root}/api/ps`),
        probe.readJson(`${probe.root}/api/show`, { model }),
      ])
      const loaded = recordsAt(running, 'models').find((one) => one.name === model || one.model === model)
      const architecture = textAt(shown, 'model_info', 'general.architecture')
      const possible = countAt(shown, 'model_info', `${architecture}.context_length`)
      return { inUse: countAt(loaded, 'context_length'), possible, source: 'as /api/ps says' }
    }
    case 'llama-server': {
      const props = await probe.readJson(`${probe.root}/props`)
      const inUse = countAt(props, 'default_generation_settings', 'n_ctx') ?? listed
      const file = textAt(props, 'model_path')
      return { inUse, possible: countAt(entry, 'meta', 'n_ctx_train'), source: 'as n_ctx says', file }
    }
    case 'lm-studio': {
      const models = recordsAt(await probe.readJson(`${probe.root}/api/v0/models`), 'data')
      const one = models.find(({ id }) => id === model)
      return {
        inUse: countAt(one, 'loaded_context_length'),
        possible: countAt(one, 'max_context_length'),
        source: 'as loaded_context_length says',
      }
    }
    case 'litellm': {
      const models = recordsAt(await probe.readJson(`${probe.root}/v1/model/info`), 'data')
      const one = models.find(({ model_name }) => model_name === model)
      const inUse = countAt(one, 'model_info', 'max_input_tokens') ?? countAt(one, 'model_info', 'max_tokens')
      return { inUse: inUse ?? listed, possible: null, source: 'as the proxy says' }
    }
    default:
      return { inUse: listed, possible: null, source: 'as the list of models says' }
  }
}

function largerWindow(examination: Examination, possible: number, file = ''): DoctorRemedy[] {
  const { kind, model, probe, profile } = examination
  const target = Math.min(COMFORTABLE, possible)
  switch (kind) {
    case 'ollama':
      return [
        {
          text: speaksNative(profile)
            ? 'A larger one needs more memory.'
            : 'Ollama drops the start of what does not fit without a word. More memory is needed; the chat then uses Ollama’s own API.',
          apply: {
            label: `Use ${tokenCount(target)} on this profile`,
            change: { kind: 'ollama', contextWindow: target },
          },
        },
        {
          text: 'Or for everything that uses this server, start it with a larger window, then test again:',
          command: [
            { text: `OLLAMA_CONTEXT_LENGTH=${target}`, added: true },
            { text: 'ollama serve', added: false },
          ],
        },
      ]
    case 'vllm':
      return [
        {
          text: 'If the model can do more, start the server again with a larger window, then test:',
          command: restartVllm(examination, `--max-model-len ${target}`),
        },
      ]
    case 'llama-server': {
      const { port } = new URL(probe.server.address.base)
      return [
        {
          text: 'Start the server again with a larger window, beside your other flags, then test:',
          command: [
            {
              text: `llama-server -m ${file || model}${port && port !== '8080' ? ` --port ${port}` : ''} --jinja`,
              added: false,
            },
            { text: `-c ${target}`, added: true },
          ],
        },
      ]
    }
    default:
      return [{ text: 'Serve the model with a larger window where that is possible, then test again.' }]
  }
}

function notLoadedWords(possible: number | null): string {
  const could = possible === null ? '' : ` The model could do ${tokenCount(possible)} tokens.`
  return `What is in use is known once the model is loaded.${could}`
}
