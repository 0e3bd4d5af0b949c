// The least that shows the same text: a text node that grows, and a new <pre> for each paragraph.
const scroller = document.querySelector('.scroll')
const column = document.querySelector('.column')
let port = null
let last = null

new ResizeObserver(() => {
  scroller.scrollTop = scroller.scrollHeight
}).observe(column)

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data?.type !== 'claw-feed-port') return
  port = event.ports[0]
  port.onmessage = ({ data }) => receive(data)
  port.postMessage({ type: 'subscribe-app' })
})
window.claw.requestFeed('floor')

document.querySelector('.session-row').addEventListener('click', () => {
  port.postMessage({ type: 'subscribe', sessionId: 'benchbench' })
})
document.querySelector('.sidebar-new').addEventListener('click', () => {
  column.replaceChildren()
  last = null
})

function receive(message) {
  if (message.type === 'snapshot') {
    const turns = document.createDocumentFragment()
    for (const turn of message.view.turns) {
      const section = document.createElement('div')
      section.className = 'turn'
      for (const text of [turn.text, ...turn.items.map((item) => item.text)]) {
        const block = document.createElement('pre')
        block.textContent = text
        section.append(block)
      }
      turns.append(section)
    }
    column.append(turns)
  } else if (message.type === 'events') {
    for (const event of message.events) if (event.type === 'text-delta') append(event.text)
  }
}

function append(text) {
  const parts = text.split('\n\n')
  for (const [index, part] of parts.entries()) {
    if (!last || index > 0) {
      const block = document.createElement('pre')
      last = document.createTextNode('')
      block.append(last)
      column.append(block)
    }
    last.appendData(part)
  }
}
