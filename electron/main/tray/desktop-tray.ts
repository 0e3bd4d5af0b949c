import { isDeepStrictEqual } from 'node:util'
import { Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, nativeTheme, Tray } from 'electron'
import { QuestionsShown } from './questions-shown.ts'
import { darkInk, drawTrayImage, lightInk } from './tray-image.ts'
import { questionsOf, type TrayAct, type TrayItem, type TrayMark, type TrayModel } from './tray-model.ts'

/** A menu that is rebuilt while it is open jumps, and a run changes many times a second. Milliseconds. */
const PAUSE_MS = 250

export interface DesktopTrayOptions {
  platform: string
  /** XDG_CURRENT_DESKTOP; empty = not known. */
  desktop: string
  onAct(act: TrayAct): void
}

/** The icon of the app in the desktop's panel: shows one model after the other, and changes only what differs. */
export class DesktopTray {
  readonly #options: DesktopTrayOptions
  readonly #tray: Tray
  readonly #images = new Map<string, NativeImage>()
  readonly #recolour: () => void
  /** In the menu. */
  readonly #questions = new QuestionsShown()
  #shown: TrayModel
  #wanted: TrayModel
  #pause: NodeJS.Timeout | undefined

  constructor(options: DesktopTrayOptions, model: TrayModel) {
    this.#options = options
    this.#shown = model
    this.#wanted = model
    this.#tray = new Tray(this.#image(model.mark))
    this.#tray.setToolTip(model.toolTip)
    this.#tray.setContextMenu(this.#menu(model.items))
    this.#questions.show(questionsOf(model.items), performance.now())
    // On Linux a click may mean the menu or this; on macOS it is the menu anyway.
    if (options.platform !== 'darwin') this.#tray.on('click', () => options.onAct({ type: 'open-window' }))
    this.#recolour = () => this.#tray.setImage(this.#image(this.#shown.mark))
    nativeTheme.on('updated', this.#recolour)
  }

  /** Shows a state of the tray: at once after a pause, otherwise when the pause is over. */
  show(model: TrayModel): void {
    this.#wanted = model
    if (this.#pause) return
    this.#apply()
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#apply()
    }, PAUSE_MS)
  }

  close(): void {
    clearTimeout(this.#pause)
    nativeTheme.off('updated', this.#recolour)
    this.#tray.destroy()
  }

  #apply(): void {
    const [before, now] = [this.#shown, this.#wanted]
    this.#shown = now
    if (before.mark !== now.mark) this.#tray.setImage(this.#image(now.mark))
    if (before.toolTip !== now.toolTip) this.#tray.setToolTip(now.toolTip)
    if (!isDeepStrictEqual(before.items, now.items)) this.#tray.setContextMenu(this.#menu(now.items))
    this.#questions.show(questionsOf(now.items), performance.now())
  }

  #menu(items: readonly TrayItem[]): Menu {
    return Menu.buildFromTemplate(items.map((item) => this.#item(item)))
  }

  #item(item: TrayItem): MenuItemConstructorOptions {
    switch (item.kind) {
      case 'separator':
        return { type: 'separator' }
      case 'words':
        return { label: plainLabel(item.label), enabled: false }
      case 'act':
        return { label: plainLabel(item.label), click: () => this.#act(item.act) }
      case 'menu':
        return { label: plainLabel(item.label), submenu: item.items.map((inner) => this.#item(inner)) }
    }
  }

  /** Panels name entries by their place: one that was pressed in the menu of a moment ago may be another one now. */
  #act(act: TrayAct): void {
    if (act.type === 'answer' && !this.#questions.hasSettled(act, performance.now())) return
    this.#options.onAct(act)
  }

  #image(mark: TrayMark): NativeImage {
    const { platform, desktop } = this.#options
    const isMac = platform === 'darwin'
    // GNOME's panel is dark in every theme; elsewhere panels follow the theme.
    const onDark = desktop.includes('GNOME') || nativeTheme.shouldUseDarkColors
    const ink = isMac ? darkInk : onDark ? lightInk : darkInk
    const key = `${mark} ${ink}`
    const known = this.#images.get(key)
    if (known) return known
    const image = nativeImage.createEmpty()
    const size = isMac || platform === 'win32' ? 16 : 22
    for (const scaleFactor of [1, 2]) {
      const side = size * scaleFactor
      const bitmap = nativeImage.createFromBitmap(drawTrayImage(mark, side, ink, isMac), { width: side, height: side })
      image.addRepresentation({ scaleFactor, width: side, height: side, buffer: bitmap.toPNG() })
    }
    if (isMac) image.setTemplateImage(true)
    this.#images.set(key, image)
    return image
  }
}

/** An ampersand would name a key. */
function plainLabel(label: string): string {
  return label.replaceAll('&', '&&')
}
