/** The environment variable that marks a background worker and everything that it starts, with the id of its run. */
export const RUN_MARKER = 'CLAW_BACKGROUND_RUN'
