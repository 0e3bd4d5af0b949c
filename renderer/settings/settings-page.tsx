import { type ReactNode, useEffect, useRef, useState } from 'react'
import { PageTitle } from '../ui/page-title.tsx'
import { AboutSection } from './about-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { DataSection } from './data-section.tsx'
import { GeneralSection } from './general-section.tsx'
import { KeyboardSection } from './keyboard-section.tsx'
import { PermissionsSection } from './permissions-section.tsx'
import './settings.css'

const sections: readonly { id: string; label: string; content: ReactNode }[] = [
  { id: 'permissions', label: 'Permissions', content: <PermissionsSection /> },
  { id: 'keyboard', label: 'Keyboard', content: <KeyboardSection /> },
  { id: 'appearance', label: 'Appearance', content: <AppearanceSection /> },
  { id: 'data', label: 'Data', content: <DataSection /> },
  { id: 'general', label: 'General', content: <GeneralSection /> },
  { id: 'about', label: 'About', content: <AboutSection /> },
]

/** All settings on one page; the list at its side jumps to a section. */
export default function SettingsPage() {
  const [current, setCurrent] = useState(sections[0]?.id)
  const headings = useRef(new Map<string, HTMLElement>())
  const page = useRef<HTMLDivElement>(null)
  /** A jump says itself where it leads, also where the page cannot scroll so far. */
  const jumps = useRef(false)
  useEffect(() => {
    const scroller = page.current
    if (!scroller) return
    const ended = new AbortController()
    const { signal } = ended
    const scrolled = () => {
      if (!jumps.current) setCurrent(sectionInSight(scroller, headings.current))
    }
    const acted = () => {
      jumps.current = false
    }
    scroller.addEventListener('scroll', scrolled, { signal, passive: true })
    for (const type of ['wheel', 'pointerdown', 'keydown'])
      scroller.addEventListener(type, acted, { signal, passive: true, capture: true })
    return () => ended.abort()
  }, [])
  const jump = (id: string) => {
    setCurrent(id)
    jumps.current = true
    const heading = headings.current.get(id)
    heading?.focus({ preventScroll: true })
    heading?.scrollIntoView({ block: 'start' })
  }
  return (
    <div className="page" ref={page}>
      <div className="wrap">
        <div className="ph">
          <PageTitle>Settings</PageTitle>
        </div>
        <div className="set">
          <nav aria-label="Settings sections">
            {sections.map(({ id, label }) => (
              <a
                key={id}
                href={`#${id}`}
                aria-current={current === id ? 'true' : undefined}
                onClick={(event) => {
                  event.preventDefault()
                  jump(id)
                }}
              >
                {label}
              </a>
            ))}
          </nav>
          <div className="stack settings-sections">
            {sections.map(({ id, label, content }) => (
              <section key={id} className="sec" aria-labelledby={`settings-${id}`}>
                <h2
                  id={`settings-${id}`}
                  tabIndex={-1}
                  ref={(heading) => {
                    if (heading) headings.current.set(id, heading)
                  }}
                >
                  {label}
                </h2>
                {content}
              </section>
            ))}
          </div>
        </div>
      </div>
    </div>
  )
}

/** The section that is read: the last whose heading has passed the upper part of the page, at the end the last of all. */
function sectionInSight(page: HTMLElement, headings: ReadonlyMap<string, HTMLElement>): string | undefined {
  const { scrollTop, scrollHeight, clientHeight } = page
  if (scrollTop + clientHeight >= scrollHeight - 2) return sections.at(-1)?.id
  const line = page.getBoundingClientRect().top + clientHeight / 3
  const passed = sections.filter(({ id }) => (headings.get(id)?.getBoundingClientRect().top ?? line) < line)
  return (passed.at(-1) ?? sections[0])?.id
}
