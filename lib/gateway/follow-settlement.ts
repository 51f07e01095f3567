import type { Gateway } from "./port";

const everyMs = 3_600_000;

/**
 * Lets the limits of a charge follow the currencies in which the account settles: read now, and each hour. While Stripe
 * does not say, as to a key that may not read it, they stay as they are.
 */
export function followSettlement(gateway: Pick<Gateway, "readSettlement">): void {
  const read = () => void gateway.readSettlement().catch(() => {});
  read();
  setInterval(read, everyMs).unref();
}
