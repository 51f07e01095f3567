import type { FaultKind, FaultOrder } from "@/lib/sandbox/control";
import { type StripeWorld, seenBy } from "./stripe-world";
import { localGateway } from "./world";

/** The faults after which nobody here knows what became of a call. Those with `done` were worked on by Stripe. */
export const unsureFaults: Record<FaultKind, { times: number; done: boolean; replayed?: true }> = {
  drop_before: { times: 2, done: false },
  drop_after: { times: 2, done: true },
  cut: { times: 1, done: true },
  error_500: { times: 1, done: false, replayed: true },
  error_500_after: { times: 1, done: true, replayed: true },
  rate_limit: { times: 1, done: false },
  lock_timeout: { times: 1, done: false },
  hang_before: { times: 1, done: true },
  hang_after: { times: 1, done: true },
};
export const unsureKinds = Object.keys(unsureFaults) as FaultKind[];

/** Strikes the next calls; what is refused once by SDK and Stripe alike needs to be struck twice. */
export function strike(world: StripeWorld, kind: FaultKind, order: Omit<FaultOrder, "kind">) {
  return world.control.fault({ kind, times: unsureFaults[kind].times, ...order });
}

/** As seen by who gives up one call soon, if it hangs. Whatever else is called has the time that a busy machine needs. */
export function impatient(
  world: StripeWorld,
  kind: FaultKind,
  call:
    | "createCustomer"
    | "createCheckout"
    | "createIntent"
    | "createRefund"
    | "readCheckout"
    | "expireCheckout",
): StripeWorld {
  if (!kind.startsWith("hang")) return world;
  const hasty = localGateway(world.stripeUrl, { timeoutMs: 300 });
  return seenBy(world, { gateway: { ...world.gateway, [call]: hasty[call] } });
}
