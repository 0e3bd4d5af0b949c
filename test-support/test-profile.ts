import { ProfileId } from '#shared/ids.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ToolDefinition } from '../electron/engine/backend/contract/backend.ts'

/** For tests: a profile of a server on loopback. */
export function testProfile(baseUrl: string, more: Partial<Profile> = {}): Profile {
  return {
    id: ProfileId.parse('test'),
    name: 'Test',
    kind: 'custom',
    baseUrl,
    model: 'm',
    key: { source: 'none' },
    ...more,
  }
}

/** For tests: a tool whose parameters are strings. */
export function tool(name: string, required: readonly string[] = []): ToolDefinition {
  const properties = Object.fromEntries(required.map((parameter) => [parameter, { type: 'string' }]))
  return { name, description: `Does ${name}.`, parameters: { type: 'object', properties, required: [...required] } }
}
