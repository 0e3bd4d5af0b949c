/** The window's own browser says so before main does; only for which key is `mod`. */
export const isMac = navigator.userAgent.includes('Macintosh')
