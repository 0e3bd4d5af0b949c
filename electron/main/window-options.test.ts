import { expect, it } from 'vitest'
import { windowOptions } from './window-options.ts'

it('the page runs in a sandbox, apart from Node, and with nothing that it does not need', () => {
  expect(windowOptions('/preload.cjs', false, null).webPreferences).toEqual({
    preload: '/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    spellcheck: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
  })
})

it('the window has the colour of its theme before the page has any, and its old place', () => {
  const bounds = { x: 10, y: 20, width: 700, height: 600 }
  const { title, show, backgroundColor, minWidth, ...rest } = windowOptions('', true, bounds)
  expect([title, show, backgroundColor, minWidth]).toEqual(['Claw Code Agent', false, '#11191c', 480])
  expect(rest).toMatchObject(bounds)
})
