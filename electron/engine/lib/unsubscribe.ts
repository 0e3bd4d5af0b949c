/** Stops calling the listener; calling it twice is harmless. */
export type Unsubscribe = () => void
