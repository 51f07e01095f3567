import type { AttemptLimits } from "@/lib/auth/attempt-limits";
import { payLinkUrl } from "@/lib/billing/payment/pay-link";
import { ok } from "@/lib/kernel/result";
import { renewPayLink } from "@/lib/portal/invoice-pay-link";
import { type PayByLinkInput, payByLink } from "@/lib/portal/pay-by-link";
import { showPayLink } from "@/lib/portal/show-pay-link";
import { payLinkToken } from "../../fixtures";
import type { SimulatedCustomer } from "../cast";
import { openInvoices } from "../lookups";
import type { Operation } from "../operation";
import type { Random } from "../random";
import { isLost, type Turn } from "../simulation";
import { type Gate, takeTurns } from "../turns";
import { draftOf, send } from "./draft";

export const payLinkOperations: readonly Operation[] = [
  { name: "pay by link", weight: 6, run: byLink },
  { name: "pay by link: twice at once", weight: 2, run: twice },
  { name: "pay by link: beside a signed-in payment", weight: 3, run: besideSignedIn },
  { name: "pay by link: revoked", weight: 2, run: revoked },
];

/** Addresses are counted by the real clock, which a simulated year leaves behind. */
export const noLimits: AttemptLimits = {
  take: async () => ok(),
  giveBack: async () => {},
  clear: async () => {},
};

/** What a button of a link's page sends. */
export interface LinkClick {
  customer: SimulatedCustomer;
  input: PayByLinkInput;
  /** What it may take of the balance: nothing, but for a mail's own link. */
  mostOfBalance: bigint;
}

interface Click extends LinkClick {
  invoiceId: string;
}

async function byLink(turn: Turn): Promise<void> {
  const click = await clickOf(turn);
  if (!click) return turn.idle();
  turn.note(`→ ${await press(turn, click)}`);
}

async function twice(turn: Turn): Promise<void> {
  const click = await clickOf(turn);
  if (!click) return turn.idle();
  await together(turn, [(gate) => press(turn, click, gate), (gate) => press(turn, click, gate)]);
}

async function besideSignedIn(turn: Turn): Promise<void> {
  const click = await clickOf(turn);
  if (!click) return turn.idle();
  const draft = await draftOf(turn, click.customer, { invoiceIds: [click.invoiceId] });
  const signedIn = async (gate: Gate) => {
    const answer = await turn.within(turn.mortal({ gate }), (world) => send(draft, world));
    if (isLost(answer)) return answer.lost;
    return answer.ok ? answer.value.kind : `refused ${answer.refusal.code}`;
  };
  await together(turn, [(gate) => press(turn, click, gate), signedIn]);
}

/** A link that was shown, then revoked, and then used. */
async function revoked(turn: Turn): Promise<void> {
  const click = await clickOf(turn);
  if (!click) return turn.idle();
  const { customer, invoiceId } = click;
  const renewed = await turn.within(turn.mortal(), (world) =>
    renewPayLink(customer.actor, { invoiceId }, world),
  );
  const word = await press(turn, click);
  if (!isLost(renewed) && renewed.ok && !word.includes("pay_link_not_valid") && !isLostWord(word))
    turn.simulation.violate("a revoked link pays nothing", `${invoiceId}: ${word}`);
  turn.note(`→ ${word}`);
}

/** What somebody sees who opens the link of an invoice, and what their button then sends. */
async function clickOf(turn: Turn): Promise<Click | null> {
  const { random, simulation, stage } = turn;
  const customer = random.pick(simulation.customers);
  const open = await openInvoices(stage, customer.customerId);
  if (open.length === 0) return null;
  const { id: invoiceId, number } = random.pick(open);
  const [row] = await stage.owner`
    select generation from pay_links where customer_id = ${customer.customerId} and invoice_id = ${invoiceId}`;
  const { customerId } = customer;
  const url = payLinkUrl(stage.world, { customerId, invoiceId, generation: row?.generation ?? 0 });
  const token = payLinkToken(url);
  const view = await showPayLink({ token, address: "" }, stage.world, noLimits);
  turn.touch([customer]);
  turn.note(`${customer.name} ${number}`);
  if (view.kind !== "due") return null;
  const paymentId = paymentIdOf(random);
  const invoiceIds = view.invoices.map(({ id }) => id);
  const input = { token, paymentId, invoiceIds, plan: view.plan, useBalance: false };
  return { customer, invoiceId, input, mostOfBalance: 0n };
}

export function paymentIdOf(random: Random): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export async function press(
  turn: Turn,
  { customer, input, mostOfBalance }: LinkClick,
  gate?: Gate,
): Promise<string> {
  const answer = await turn.within(turn.mortal(gate ? { gate } : {}), (world) => payByLink(input, world));
  const [payment] = await turn.stage.owner`
    select balance_minor, origin, user_id from payments
    where customer_id = ${customer.customerId} and id = ${input.paymentId}`;
  if (
    payment &&
    (payment.balance_minor > mostOfBalance || payment.origin !== "link" || payment.user_id !== null)
  )
    turn.simulation.violate(
      "a link takes no more of a balance than it may, and is nobody's",
      input.paymentId,
    );
  if (isLost(answer)) return answer.lost;
  if (answer.ok && !payment) turn.simulation.violate("what was answered exists", input.paymentId);
  return answer.ok ? answer.value.kind : `refused ${answer.refusal.code}`;
}

function isLostWord(word: string): boolean {
  return word === "died" || word === "failed";
}

export async function together(
  turn: Turn,
  acts: readonly ((gate: Gate) => Promise<string>)[],
): Promise<void> {
  const ends = await takeTurns(turn.random, [...acts]);
  const words = ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason)));
  turn.note(`→ ${words.join(" | ")}`);
}
