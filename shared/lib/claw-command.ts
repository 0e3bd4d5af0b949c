let spoken = 'claw'

/** Says how the terminal program is started on this machine; until then it is `claw`. Each process says it once. */
export function speakOfClawAs(command: string): void {
  spoken = command
}

/** A command line of the terminal program that works here, such as `claw agent-ps` or `npm run claw -- agent-ps`. */
export function clawCommand(args = ''): string {
  return args === '' ? spoken : `${spoken} ${args}`
}
