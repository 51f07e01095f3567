import type { Outcome } from "@/lib/gateway/port";
import { isCurrency } from "@/lib/kernel/money";
import { bookLateFee } from "../payment/poll-fees";
import { type PaymentRef, readPayment, settle } from "../payment/settle";
import type { World } from "../world";
import { payerOf } from "./charges-here";
import type { Difference } from "./difference-tasks";
import type { BookedHere, ChargeVerdict, TakenCharge } from "./judge-charge";
import { isUnnamed } from "./strangers";

/** What became of a charge of Stripe's list. `isFound`: this pass brought it into the books. */
export type Followed = { isFound?: boolean } & (
  | { kind: "fits"; payment: PaymentRef }
  /** Stripe did not say all of it: the next pass asks again. */
  | { kind: "waits" }
  /** It is no charge that its payment can take; whoever settles says so to staff. */
  | { kind: "shown" }
  | { kind: "differs"; difference: Difference }
);

/** Does what the verdict on a charge asks for: settles it, or says what staff are to look at. */
export async function followVerdict(
  world: World,
  said: TakenCharge,
  verdict: ChargeVerdict,
): Promise<Followed> {
  const { charge } = said.source;
  switch (verdict.kind) {
    case "fits":
      return { kind: "fits", payment: verdict.payment };
    case "lacks_fee":
      return bookFee(world, said, verdict.booked);
    case "unbooked":
      return settleCharge(world, said, verdict.payment);
    case "differs": {
      const { reason, payment } = verdict;
      return differs("charge_differs", payment.customerId, said, { reason });
    }
    case "stranger":
      return differs("charge_of_stranger", await payerOf(world, charge), said, {
        ...(isUnnamed(charge) && { isUnnamed: "yes" }),
      });
  }
}

/** Settles the payment that a charge names. What then is not booked still is more than that payment can take. */
async function settleCharge(world: World, said: TakenCharge, payment: PaymentRef): Promise<Followed> {
  const { id, intentId } = said.source.charge;
  const hint = await hintOf(world, payment, intentId);
  if (hint.outcome !== "succeeded") return { kind: "waits" };
  const settled = await settle(world, payment, hint.value);
  if (settled.kind === "quarantined") return { kind: "shown" };
  if (settled.kind !== "settled" && settled.kind !== "second_charge") return { kind: "waits" };
  if (await isBooked(world, id))
    return { kind: "fits", payment, isFound: settled.kind === "settled" && settled.changed };
  const { paymentId, customerId } = payment;
  return differs("charge_not_settled", customerId, said, { paymentId, state: settled.state });
}

/** A fee in a currency that we do not know stays with staff, who were asked when the charge was booked. */
async function bookFee(world: World, said: TakenCharge, booked: BookedHere): Promise<Followed> {
  const { customerId, paymentId, chargeId } = booked;
  const { balanceTransactionId, feeMinor, settledMinor, currency, source } = said;
  if (isCurrency(currency)) {
    const fee = { balanceTransactionId, feeMinor, settledMinor, currency };
    await bookLateFee(world, customerId, chargeId, { ...source.charge, fee });
  }
  return { kind: "fits", payment: { customerId, paymentId } };
}

/** By what the charge came, where that is not what the payment knows as its own: a hosted page is found by its intent. */
async function hintOf(
  world: World,
  ref: PaymentRef,
  intentId: string | null,
): Promise<Outcome<{ intentId?: string; sessionId?: string }>> {
  const payment = await readPayment(world, ref);
  if (!intentId || !payment) return { outcome: "succeeded", value: {} };
  if (payment.paymentMethodId) return { outcome: "succeeded", value: { intentId } };
  const found = await world.gateway.findCheckoutOf(intentId);
  if (found.outcome !== "succeeded") return found;
  const isOwn = found.value?.id === payment.stripeSessionId;
  return { outcome: "succeeded", value: found.value && !isOwn ? { sessionId: found.value.id } : {} };
}

async function isBooked({ jobs }: World, chargeId: string): Promise<boolean> {
  const [row] = await jobs.sql`select 1 from stripe_objects where id = ${chargeId} and kind = 'charge'`;
  return row !== undefined;
}

function differs(
  kind: Difference["kind"],
  customerId: Difference["customerId"],
  said: TakenCharge,
  more: Record<string, string>,
): Followed {
  const { id, amountMinor, currency } = said.source.charge;
  const detail = {
    amountMinor: amountMinor.toString(),
    currency,
    chargedAt: said.at.toISOString(),
    ...more,
  };
  return {
    kind: "differs",
    difference: { kind, customerId, subject: "stripe_object", subjectId: id, detail },
  };
}
