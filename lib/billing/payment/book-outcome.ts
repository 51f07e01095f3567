import type { Transaction } from "@/db/transaction";
import type { Charge } from "@/lib/gateway/port";
import type { InvoiceId } from "@/lib/kernel/id";
import type { Decision } from "../decision";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { decideEnd, decideSuccess, type PaymentScene } from "./decide-success";
import { customerMissing, objectMissing } from "./reached";
import { settleWhatWaits } from "./settle-what-waits";
import { type FinalPaymentState, isFinal } from "./states";
import { voidIssuedForIt } from "./void-issued-for-it";

/** What is known of a payment under its locks, with the invoices that were issued for it. */
export interface OutcomeScene extends PaymentScene {
  readonly issuedForIt: InvoiceId[];
}

export interface Success {
  charge: Charge;
  intentId: string;
}

/** Books a charge of the payment, and pays what waits for its money. False if it is booked already. */
export async function bookSuccess(
  tx: Transaction,
  decision: Decision,
  scene: PaymentScene,
  { charge, intentId }: Success,
): Promise<boolean> {
  const { payment, shares } = scene;
  if (payment.state === "succeeded" || !decideSuccess(decision, scene, charge, intentId)) return false;
  finishMissing(tx, payment, decision.context.now);
  const isBegunFrom = isFinal(payment.state) || payment.kind === "top_up";
  const begunFrom = isBegunFrom ? shares.map(({ invoiceId }) => invoiceId) : [];
  await settleWhatWaits(tx, decision, payment.currency, begunFrom, payment.id);
  return true;
}

/** Ends the payment unpaid, with the invoices that were issued for it. `late` is money of it that is booked after its end. */
export async function bookEnd(
  world: World,
  tx: Transaction,
  decision: Decision,
  scene: OutcomeScene,
  end: { state: Exclude<FinalPaymentState, "succeeded">; code: string; late?: Success | null },
): Promise<void> {
  const { payment, issuedForIt } = scene;
  const { state, code, late } = end;
  decideEnd(decision, scene, state, code);
  finishMissing(tx, payment, decision.context.now);
  const notes = await voidIssuedForIt(world, tx, decision, issuedForIt);
  if (late) await bookSuccess(tx, decision, { ...scene, payment: { ...payment, state } }, late);
  else await settleWhatWaits(tx, decision, payment.currency, [], payment.id);
  notes();
}

/** Stripe has it after all, since the host's keys are right again: there is nothing left for staff to say. */
function finishMissing({ sql, write }: Transaction, { customerId, id }: PaymentRecord, now: Date): void {
  write(sql`
    update tasks set done_at = ${now} where customer_id = ${customerId} and kind = 'payment_quarantined'
      and subject_id = ${id} and done_at is null
      and detail->>'reason' = any(${[objectMissing, customerMissing]})`);
}
