import { CircleAlert } from 'lucide-react'
import { Component, type ReactNode } from 'react'
import { Icon } from '../ui/icon.tsx'

/** Keeps a defect of one page from taking the window with it; React gives the error to the console. */
export class PageGuard extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <div className="page">
        <div className="wrap">
          <div className="notice box danger" role="alert">
            <Icon of={CircleAlert} />
            <div className="grow">
              <h1 className="med">This page stopped because of a defect in the app.</h1>
              <div className="xs ink2">
                Sessions and settings are safe, and what runs goes on. Load the window again.
              </div>
            </div>
            <button type="button" className="btn" onClick={() => window.location.reload()}>
              Load again
            </button>
          </div>
        </div>
      </div>
    )
  }
}
