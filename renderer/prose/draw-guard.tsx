import { Component, type ReactNode } from 'react'

interface DrawGuardProps {
  /** What is shown instead: the text as it was written. */
  text: string
  children: ReactNode
}

/**
 * Keeps a defect in drawing one part from taking the page with it: its text is shown as it was written. React gives the
 * error to the console. Another text is tried again.
 */
export class DrawGuard extends Component<DrawGuardProps, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override componentDidUpdate(before: DrawGuardProps) {
    if (this.state.broken && before.text !== this.props.text) this.setState({ broken: false })
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <p className="as-written" dir="auto">
        {this.props.text}
      </p>
    )
  }
}
