import type { Locator, Page } from '@playwright/test'
import { expect } from '../support/app.ts'
import type { Day } from './day.ts'

interface Picker {
  name: string
  open: () => Promise<void>
  /** What is open then. */
  list: Locator
  /** What is pressed in it to end it; it changes nothing that is needed later. */
  choice: Locator
}

export function pickerOf(page: Page, name: string | RegExp, option: RegExp): Picker {
  return {
    name: `the picker ${name}`,
    open: () => page.getByRole('combobox', { name }).click(),
    list: page.getByRole('listbox'),
    choice: page.getByRole('option', { name: option }),
  }
}

/** Opens a picker and closes it by Escape, by a click beside it and by a choice; `after` each of them. */
export async function openAndClose(day: Day, picker: Picker, after: (how: string) => Promise<void>): Promise<void> {
  const ways: Record<string, () => Promise<void>> = {
    Escape: () => day.page.keyboard.press('Escape'),
    'a click beside it': () => day.page.mouse.click(720, 200),
    'a choice': () => picker.choice.click(),
  }
  for (const [how, close] of Object.entries(ways)) {
    await picker.open()
    await expect(picker.list).toBeVisible()
    await day.holds(`${picker.name} is open`)
    await close()
    await expect(picker.list).toBeHidden()
    await after(`${picker.name}, closed by ${how}`)
    await day.holds(`${picker.name}, closed by ${how}`)
  }
}
