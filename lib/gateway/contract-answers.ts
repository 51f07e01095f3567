import type { BalanceMovement, Outcome } from "./port";

export function value<T>(outcome: Outcome<T>): T {
  if (outcome.outcome !== "succeeded") throw new Error(`expected success, not ${wordsOf(outcome)}`);
  return outcome.value;
}

export function wordsOf(outcome: Outcome<unknown>): string {
  switch (outcome.outcome) {
    case "succeeded":
      return "success";
    case "declined":
      return `declined: ${outcome.code}, ${outcome.message}`;
    case "unknown":
      return `unknown: ${outcome.reason}`;
  }
}

export function same(given: unknown, expected: unknown, what: string): void {
  const text = (one: unknown) =>
    JSON.stringify(one, (_, cell) => (typeof cell === "bigint" ? `${cell}` : cell)) ?? "undefined";
  if (text(given) !== text(expected)) throw new Error(`${what}: ${text(given)}, not ${text(expected)}`);
}

/**
 * What moved the host's balance for something of so much: exactly that in its own currency, and something in the same
 * direction where it was converted, at whatever rate.
 */
export function moved(
  movement: Pick<BalanceMovement, "settledMinor" | "currency"> | null | undefined,
  minor: bigint,
  currency: string,
  what: string,
): void {
  if (!movement) throw new Error(`${what}: nothing moved`);
  if (movement.currency === currency) same(movement.settledMinor, minor, what);
  else same(movement.settledMinor > 0n, minor > 0n, `${what}, converted into ${movement.currency}`);
}
