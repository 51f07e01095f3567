import type { Result } from "@/lib/kernel/result";
import type { PayOutcome } from "@/lib/portal/shapes";
import type { Draft } from "../cast";
import type { Turn } from "../simulation";

const finals = ["succeeded", "failed", "canceled", "expired"];

/** How many payments of the draft's customer have its id: none or one. */
export async function rowsOf({ stage }: Turn, { customer, input }: Draft): Promise<number> {
  const [row] = await stage.owner`
    select count(*)::int as count from payments
    where customer_id = ${customer.customerId} and id::text = ${input.paymentId}`;
  return row?.count ?? 0;
}

/** What a customer is told is so: paid is paid, a refusal left nothing behind. */
export async function checkAnswer(
  turn: Turn,
  draft: Draft,
  answer: Result<PayOutcome, { code: string }>,
  existed: number,
): Promise<void> {
  const { simulation, stage } = turn;
  const { customer, input } = draft;
  const [payment] = await stage.owner`
    select state from payments where customer_id = ${customer.customerId} and id::text = ${input.paymentId}`;
  if (!answer.ok) {
    const leavesOne = ["gateway_refused", "payment_ended", "card_declined"].includes(answer.refusal.code);
    // Stripe had the card no more, as when its removal was cut off before we knew: begun, and over.
    const isOverForCard = answer.refusal.code === "card_not_found" && payment?.state === "failed";
    if (payment && existed === 0 && !leavesOne && !isOverForCard)
      simulation.violate("a refusal leaves nothing behind", `${draft.name}: ${answer.refusal.code}`);
    return;
  }
  const told = answer.value;
  if (!payment) return simulation.violate("what was answered exists", draft.name);
  if (told.kind !== "paid") {
    if (finals.includes(payment.state))
      simulation.violate("what goes on is open", `${draft.name}: ${told.kind}, but ${payment.state}`);
    return;
  }
  if (payment.state !== "succeeded")
    simulation.violate("what is told to be paid succeeded", `${draft.name}: ${payment.state}`);
  const { paid, fromBalance, byCard, toBalance } = told.receipt;
  const given = fromBalance.minor + byCard.minor;
  const used = paid.reduce((sum, { amount }) => sum + amount.minor, 0n) + toBalance.minor;
  if (given !== used) simulation.violate("a receipt adds up", `${draft.name}: ${given} given, ${used} used`);
}
