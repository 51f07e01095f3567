import { transact } from "@/db/transaction";
import type { CustomerId, PaymentId } from "@/lib/kernel/id";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { closePayment } from "./close-payment";
import { forgetFaults, noteFault } from "./poll-faults";
import { type PaymentRef, readPayment, type Settled, settle } from "./settle";
import { isFinal } from "./states";

/** stripe.md: payments that are not final at 1 m, 5 m, 30 m, 2 h, then daily. Milliseconds after the last look. */
export function pollDelayMs(pollCount: number): number {
  const minutes = [1, 4, 25, 90][pollCount] ?? 24 * 60;
  return minutes * 60_000;
}

/** When to look next: on the schedule, but no later than a minute after the page has expired. */
export function nextPollAt(pollCount: number, now: Date, expiresAt: Date | null): Date {
  const scheduled = now.getTime() + pollDelayMs(pollCount);
  const expiry = expiresAt ? expiresAt.getTime() + 60_000 : 0;
  return new Date(expiry > now.getTime() ? Math.min(scheduled, expiry) : scheduled);
}

export interface Polled {
  ref: PaymentRef;
  /** What settling said, or the fault that one poisoned payment had; the others go on. */
  result: Settled | { kind: "fault"; error: unknown };
}

/** Asks Stripe about payments whose time has come, each on its own. Several workers share them without waiting. */
export async function pollPayments(world: World, most = 50): Promise<Polled[]> {
  const due = await takeDue(world, most);
  const polled: Polled[] = [];
  for (const { hasFaulted, ...ref } of due) {
    try {
      polled.push({ ref, result: await pollOne(world, ref) });
      if (hasFaulted) await forgetFaults(world, ref);
    } catch (error) {
      polled.push({ ref, result: { kind: "fault", error } });
      // Where even that cannot be written, the next look finds the same fault.
      await noteFault(world, ref, error).catch(() => {});
    }
  }
  return polled;
}

/**
 * A process may die, or not hear Stripe's answer, before anybody is led anywhere. For a while the customer may come back:
 * they are then led to the page of this very payment, or to their bank. After that a question would stand there that
 * nobody looks at, and hold the balance until it expires: it is asked for under its key, as ever, and ended at once. Only
 * what Stripe says ends it. A saved card may have been charged without a question, so Stripe is asked from the first look on.
 */
async function pollOne(world: World, ref: PaymentRef): Promise<Settled> {
  const payment = await readPayment(world, ref);
  if (!payment || !isAwaited(payment)) return settle(world, ref);
  const isOver = world.clock.now().getTime() - payment.createdAt.getTime() >= comesBackWithinMs;
  if (isOver) return closePayment(world, ref, "expired");
  return payment.paymentMethodId ? settle(world, ref) : { kind: "unknown", reason: "customer_may_come_back" };
}

/** A page that a person asked for, and nobody here has heard of; or a saved card of theirs whose bank nobody was led to. */
function isAwaited(payment: PaymentRecord): boolean {
  const { state, origin, paymentMethodId, stripeSessionId, checkoutUrl } = payment;
  if (origin === "auto" || isFinal(state)) return false;
  if (paymentMethodId) return checkoutUrl === null;
  return (state === "created" || state === "unknown") && stripeSessionId === null;
}

const comesBackWithinMs = 5 * 60_000;

/** Sets the next look before this one, so that a worker that dies has lost nothing but one turn. */
async function takeDue(world: World, most: number): Promise<(PaymentRef & { hasFaulted: boolean })[]> {
  const now = world.clock.now();
  return transact(world.jobs, {}, async ({ sql }) => {
    const rows = await sql`
      select customer_id, id, poll_count, poll_faults, expires_at from payments
      where next_poll_at <= ${now} order by next_poll_at limit ${most} for update skip locked`;
    const next = rows.map((row) => ({
      customer_id: row.customer_id,
      id: row.id,
      at: nextPollAt(row.poll_count + 1, now, row.expires_at),
    }));
    if (next.length === 0) return [];
    await sql`
      update payments p set poll_count = p.poll_count + 1, next_poll_at = t.at
      from json_to_recordset(${JSON.stringify(next)}::text::json) as t(customer_id uuid, id uuid, at timestamptz)
      where p.customer_id = t.customer_id and p.id = t.id and p.next_poll_at is not null`;
    return rows.map((row) => ({
      customerId: row.customer_id as CustomerId,
      paymentId: row.id as PaymentId,
      hasFaulted: row.poll_faults > 0,
    }));
  });
}
