/** The version of the entries' format. Entries of another version are kept and shown, and never written. */
export const RUN_ENTRY_VERSION = 1
/** What a worker and its viewers say to each other; a worker of another number cannot be attached to. */
export const RUN_PROTOCOL = 2
