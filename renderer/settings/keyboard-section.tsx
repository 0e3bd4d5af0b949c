import { isMac } from '../lib/platform.ts'
import { keyCaps, windowKeys } from '../lib/shortcuts.ts'

/** The keys that work everywhere in the window. */
export function KeyboardSection() {
  return (
    <div className="card">
      <table className="tbl keys-table">
        <caption className="sr">Keys</caption>
        <tbody>
          {windowKeys.map(({ name, keys }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">
                <span className="row keys">
                  {keyCaps(keys, isMac).map((cap) => (
                    <kbd key={cap}>{cap}</kbd>
                  ))}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
