import { transact } from "@/db/transaction";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { bookEnd, bookSuccess, type Success } from "./book-outcome";
import { type NamingObject, objectsNaming } from "./objects-naming";
import { type Ender, lockScene, type PaymentRef, readPayment } from "./settle";
import { isFinal } from "./states";

/** What staff say became of a payment that Stripe and the books tell differently. */
export type Ruling = { kind: "ended" } | { kind: "object"; stripeId: string };

export type RulingRefusal =
  | { code: "payment_not_found" }
  | { code: "payment_is_final" }
  | { code: "gateway_unreachable" }
  /** Money came for it at Stripe, or may any moment: that is booked instead. */
  | { code: "payment_is_paid"; stripeId: string }
  | { code: "object_not_found" }
  | { code: "object_not_paid" }
  /** Another payment's, customer's, currency or mode: its money is not for this payment. */
  | { code: "object_does_not_fit" }
  /** It is booked already, here or for another payment. */
  | { code: "object_taken" };

export type Ruled = Result<"ended" | "paid" | "late", RulingRefusal>;

/**
 * Does what two of staff agreed on. Ended, unless money came for it: what is still open at Stripe is closed first; then
 * the payment is canceled, and its holds and claims go. An object: all of it fits, and the payment succeeds by it; or its
 * amount does not, and the payment ends while the money is booked as a success that comes late, once (domain.md, States).
 */
export async function rulePayment(world: World, ref: PaymentRef, ruling: Ruling, by: Ender): Promise<Ruled> {
  const payment = await readPayment(world, ref);
  if (!payment || payment.cardMinor === 0n) return refuse({ code: "payment_not_found" });
  if (isFinal(payment.state)) return refuse({ code: "payment_is_final" });
  const more = ruling.kind === "object" ? [ruling.stripeId] : [];
  const found = await objectsNaming(world, payment, more);
  if (found.kind === "unknown") return refuse({ code: "gateway_unreachable" });
  return ruling.kind === "ended"
    ? endIt(world, ref, found.objects, by)
    : payBy(world, ref, payment, found.objects, ruling.stripeId, by);
}

async function endIt(world: World, ref: PaymentRef, objects: NamingObject[], by: Ender): Promise<Ruled> {
  const taken = await takenCharges(world, ref, objects);
  const paid = objects.find(
    // Of whatever amount: where it is not booked now, nobody would look for it before the night.
    ({ mayPay, chargeId }) => mayPay && !(chargeId && taken.has(chargeId)),
  );
  if (paid) return refuse({ code: "payment_is_paid", stripeId: paid.stripeId });
  const refusal = await closeOpen(world, ref, objects);
  return refusal ? refuse(refusal) : apply(world, ref, null, by);
}

/** Charges that are booked for another payment: their money cannot pay this one any more. */
async function takenCharges(
  world: World,
  { paymentId }: PaymentRef,
  objects: readonly NamingObject[],
): Promise<Set<string>> {
  const ids = objects.flatMap(({ chargeId }) => chargeId ?? []);
  if (ids.length === 0) return new Set();
  const rows = await world.jobs.sql`
    select s.id from stripe_objects s join charges c on c.customer_id = s.customer_id and c.id = s.row_id
    where s.id = any(${ids}) and s.kind = 'charge' and c.payment_id <> ${paymentId}`;
  return new Set(rows.map((row) => row.id as string));
}

/** Nothing that names the payment can be paid after it. Names what could not be closed. */
async function closeOpen(
  world: World,
  ref: PaymentRef,
  objects: readonly NamingObject[],
): Promise<RulingRefusal | null> {
  for (const { isOpen, kind, stripeId, paymentId } of objects) {
    if (!isOpen || paymentId !== ref.paymentId) continue;
    const closed =
      kind === "page"
        ? await world.gateway.expireCheckout(stripeId)
        : await world.gateway.cancelIntent(stripeId, "requested_by_customer");
    if (closed.outcome === "unknown") return { code: "gateway_unreachable" };
    // It was paid, or is on its way, between the two calls.
    if (closed.outcome === "declined") return { code: "payment_is_paid", stripeId };
  }
  return null;
}

async function payBy(
  world: World,
  ref: PaymentRef,
  payment: PaymentRecord,
  objects: NamingObject[],
  stripeId: string,
  by: Ender,
): Promise<Ruled> {
  const chosen = objects.find((one) => one.stripeId === stripeId);
  if (!chosen) return refuse({ code: "object_not_found" });
  if (!chosen.isPaid) return refuse({ code: "object_not_paid" });
  if (!chosen.mayPay) return refuse({ code: "object_does_not_fit" });
  const read =
    chosen.kind === "page"
      ? await world.gateway.readCheckout(stripeId)
      : await world.gateway.readIntent(stripeId);
  if (read.outcome !== "succeeded") return refuse({ code: "gateway_unreachable" });
  const { charge, intentId } = read.value;
  if (!charge || !intentId) return refuse({ code: "object_not_paid" });
  if (charge.currency !== payment.currency) return refuse({ code: "object_does_not_fit" });
  const refusal = await closeOpen(world, ref, objects);
  if (refusal) return refuse(refusal);
  return apply(
    world,
    ref,
    { stripeId, charge, intentId, fits: charge.amountMinor === payment.cardMinor },
    by,
  );
}

interface Chosen extends Success {
  stripeId: string;
  fits: boolean;
}

function apply(world: World, ref: PaymentRef, chosen: Chosen | null, by: Ender): Promise<Ruled> {
  const { customerId, paymentId } = ref;
  return transact(world.jobs, { customerId }, async (tx): Promise<Ruled> => {
    const { decision, scene } = await lockScene(world, ref, tx, by);
    const { payment } = scene;
    if (isFinal(payment.state)) return refuse({ code: "payment_is_final" });
    if (chosen) {
      // A charge's row is never the payment, so that a booked one is always taken.
      const taken = await tx.sql`
        select 1 from stripe_objects
        where id = any(${[chosen.stripeId, chosen.intentId, chosen.charge.id]}) and row_id <> ${paymentId}`;
      if (taken.length > 0) return refuse({ code: "object_taken" });
    }
    decision.finishTask("payment_quarantined", paymentId);
    if (chosen?.fits) {
      await bookSuccess(tx, decision, scene, chosen);
      return ok("paid");
    }
    await bookEnd(world, tx, decision, scene, { state: "canceled", code: "ended_by_staff", late: chosen });
    return ok(chosen ? "late" : "ended");
  });
}
