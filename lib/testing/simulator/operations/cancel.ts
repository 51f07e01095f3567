import { voidInvoice } from "@/lib/billing/payment/void-invoice";
import type { InvoiceId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import type { SimulatedCustomer } from "../cast";
import { openInvoices } from "../lookups";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { type Gate, takeTurns } from "../turns";
import { draftOf, send } from "./draft";

export const cancelOperations: readonly Operation[] = [
  { name: "cancel", weight: 3, run: cancel },
  { name: "cancel against pay", weight: 3, run: cancelAgainstPay },
  { name: "staff void", weight: 2, run: staffVoid },
];

async function cancel(turn: Turn): Promise<void> {
  const chosen = await chooseOpen(turn);
  if (!chosen) return turn.idle();
  const { customer, id, number } = chosen;
  turn.note(`${customer.name} ${number} → ${await cancelOne(turn, customer, id)}`);
}

async function cancelOne(turn: Turn, customer: SimulatedCustomer, id: string, gate?: Gate): Promise<string> {
  const answer = await turn.within(turn.mortal(gate ? { gate } : {}), (world) =>
    cancelInvoice(customer.actor, { invoiceId: id }, world),
  );
  if (isLost(answer)) return answer.lost;
  return answer.ok ? "cancelled" : `refused ${answer.refusal.code}`;
}

async function cancelAgainstPay(turn: Turn): Promise<void> {
  const chosen = await chooseOpen(turn);
  if (!chosen) return turn.idle();
  const { customer, id, number } = chosen;
  const draft = await draftOf(turn, customer, { invoiceIds: [id] });
  const pay = async (gate: Gate) => {
    const answer = await turn.within(turn.mortal({ gate }), (world) => send(draft, world));
    if (isLost(answer)) return answer.lost;
    return answer.ok ? answer.value.kind : `refused ${answer.refusal.code}`;
  };
  const ends = await takeTurns(turn.random, [(gate: Gate) => cancelOne(turn, customer, id, gate), pay]);
  const words = ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason)));
  turn.note(`${customer.name} ${number} against ${draft.name} ${draft.way} → ${words.join(" | ")}`);
}

/** By hand, for a reason: staff may void what customers may not cancel. */
async function staffVoid(turn: Turn): Promise<void> {
  const chosen = await chooseOpen(turn);
  if (!chosen) return turn.idle();
  const { customer, id, number } = chosen;
  const term = turn.random.chance(0.25) ? "end_service" : "bill_again";
  const voided = await turn.within(turn.mortal(), (world) =>
    voidInvoice(world, world.staff, {
      customerId: customer.customerId,
      invoiceId: id,
      actor: "staff",
      userId: null,
      reason: "voided",
      note: "simulated",
      term,
      permit: async () => true,
    }),
  );
  const word = isLost(voided) ? voided.lost : voided.kind === "refused" ? voided.refusal.code : voided.kind;
  turn.note(`${customer.name} ${number}, ${term} → ${word}`);
}

async function chooseOpen(
  turn: Turn,
): Promise<{ customer: SimulatedCustomer; id: InvoiceId; number: string } | null> {
  const customer = turn.random.pick(turn.simulation.customers);
  const open = await openInvoices(turn.stage, customer.customerId);
  if (open.length === 0) return null;
  turn.touch([customer]);
  return { customer, ...turn.random.pick(open) };
}
