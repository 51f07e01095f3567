import { transact } from "@/db/transaction";
import type { Charge } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { decideEnd, decideSuccess } from "./decide-success";
import { type NamingObject, objectsNaming } from "./objects-naming";
import { type Ender, lockScene, type PaymentRef, readPayment } from "./settle";
import { settleWhatWaits } from "./settle-what-waits";
import { isFinal } from "./states";
import { voidIssuedForIt } from "./void-issued-for-it";

/** What staff say became of a payment that Stripe and the books tell differently. */
export type Ruling = { kind: "ended" } | { kind: "object"; stripeId: string };

export type RulingRefusal =
  | { code: "payment_not_found" }
  | { code: "payment_is_final" }
  | { code: "gateway_unreachable" }
  /** What fits it is paid at Stripe, or may be any moment: that is chosen instead. */
  | { code: "payment_is_paid"; stripeId: string }
  | { code: "object_not_found" }
  | { code: "object_not_paid" }
  /** Another payment's, customer's, currency or mode: its money is not for this payment. */
  | { code: "object_does_not_fit" }
  /** It is booked already, here or for another payment. */
  | { code: "object_taken" };

export type Ruled = { ok: true; settled: "ended" | "paid" | "late" } | { ok: false; refusal: RulingRefusal };

/**
 * Does what two of staff agreed on. Ended: what is still open at Stripe is closed first; then the payment is canceled, and
 * its holds and claims go. An object: all of it fits, and the payment succeeds by it; or its amount does not, and the
 * payment ends while the money is booked as a success that comes late, once (domain.md, States).
 */
export async function rulePayment(world: World, ref: PaymentRef, ruling: Ruling, by: Ender): Promise<Ruled> {
  const payment = await readPayment(world, ref);
  if (!payment || payment.cardMinor === 0n) return no({ code: "payment_not_found" });
  if (isFinal(payment.state)) return no({ code: "payment_is_final" });
  const more = ruling.kind === "object" ? [ruling.stripeId] : [];
  const found = await objectsNaming(world, payment, more);
  if (found.kind === "unknown") return no({ code: "gateway_unreachable" });
  return ruling.kind === "ended"
    ? endIt(world, ref, found.objects, by)
    : payBy(world, ref, payment, found.objects, ruling.stripeId, by);
}

async function endIt(world: World, ref: PaymentRef, objects: NamingObject[], by: Ender): Promise<Ruled> {
  const paid = objects.find(({ differs, isPaid }) => differs.length === 0 && isPaid);
  if (paid) return no({ code: "payment_is_paid", stripeId: paid.stripeId });
  const refusal = await closeOpen(world, ref, objects);
  return refusal ? no(refusal) : apply(world, ref, null, by);
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
  if (!chosen) return no({ code: "object_not_found" });
  if (!chosen.isPaid) return no({ code: "object_not_paid" });
  if (!chosen.mayPay) return no({ code: "object_does_not_fit" });
  const read =
    chosen.kind === "page"
      ? await world.gateway.readCheckout(stripeId)
      : await world.gateway.readIntent(stripeId);
  if (read.outcome !== "succeeded") return no({ code: "gateway_unreachable" });
  const intentId = "paymentStatus" in read.value ? read.value.intent?.id : read.value.id;
  const { charge } = read.value;
  if (!charge || !intentId) return no({ code: "object_not_paid" });
  if (charge.currency !== payment.currency) return no({ code: "object_does_not_fit" });
  const refusal = await closeOpen(world, ref, objects);
  if (refusal) return no(refusal);
  return apply(
    world,
    ref,
    { stripeId, charge, intentId, fits: charge.amountMinor === payment.cardMinor },
    by,
  );
}

interface Chosen {
  stripeId: string;
  charge: Charge;
  intentId: string;
  fits: boolean;
}

function apply(world: World, ref: PaymentRef, chosen: Chosen | null, by: Ender): Promise<Ruled> {
  const { customerId, paymentId } = ref;
  return transact(world.jobs, { customerId }, async (tx): Promise<Ruled> => {
    const { decision, scene } = await lockScene(world, ref, tx, by);
    const { payment } = scene;
    if (isFinal(payment.state)) return no({ code: "payment_is_final" });
    if (chosen) {
      // A charge's row is never the payment, so that a booked one is always taken.
      const taken = await tx.sql`
        select 1 from stripe_objects
        where id = any(${[chosen.stripeId, chosen.intentId, chosen.charge.id]}) and row_id <> ${paymentId}`;
      if (taken.length > 0) return no({ code: "object_taken" });
    }
    decision.finishTask("payment_quarantined", paymentId);
    if (chosen?.fits) {
      decideSuccess(decision, scene, chosen.charge, chosen.intentId);
      await settleWhatWaits(tx, decision, payment.currency, [], paymentId);
      return { ok: true, settled: "paid" };
    }
    decideEnd(decision, scene, "canceled", "ended_by_staff");
    const notes = await voidIssuedForIt(world, tx, decision, scene.issuedForIt);
    const begunFrom = chosen ? scene.shares.map(({ invoiceId }) => invoiceId) : [];
    if (chosen) {
      const ended = { ...scene, payment: { ...payment, state: "canceled" as const } };
      decideSuccess(decision, ended, chosen.charge, chosen.intentId);
    }
    await settleWhatWaits(tx, decision, payment.currency, begunFrom, paymentId);
    notes();
    return { ok: true, settled: chosen ? "late" : "ended" };
  });
}

function no(refusal: RulingRefusal): Ruled {
  return { ok: false, refusal };
}
