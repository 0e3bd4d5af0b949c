/** Money is an integer number of micro-dollars (1 USD = 1,000,000). */
export type MicroUsd = number

const PER_USD = 1_000_000

/** Rounds a server's float (0.00046499999999999997) to whole micro-dollars; docs/servers.md I. */
export function microUsdFromUsd(usd: number): MicroUsd {
  return Math.round(usd * PER_USD)
}

/** `$0.0123`, `$3.18`: cents from a dollar up, up to six places below. */
export function formatMicroUsd(amount: MicroUsd): string {
  const usd = amount / PER_USD
  if (amount === 0 || usd >= 1) return `$${usd.toFixed(2)}`
  return `$${usd.toFixed(6).replace(/0{1,4}$/, '')}`
}
