import type { Settings } from '#shared/settings/settings.ts'

/** Puts the choice onto <html>; without an attribute the system decides (tokens.css). */
export function applyTheme({ theme, contrast }: Pick<Settings, 'theme' | 'contrast'>): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  if (contrast === 'system') delete dataset.contrast
  else dataset.contrast = contrast
}
