import { readAnyPayLink } from "@/lib/billing/payment/mailed-pay-link";
import { type PayLinkDue, showPayLink } from "@/lib/portal/show-pay-link";
import type { Operation } from "../operation";
import type { Turn } from "../simulation";
import { type LinkClick, noLimits, paymentIdOf, press, together } from "./pay-link";

/** The pay link behind a mail's button or a copy's, for whoever reads it, signed out. */
export const mailedLinkOperations: readonly Operation[] = [
  { name: "pay by a mail's link", weight: 5, run: byMail },
  { name: "pay by a mail's link: from a balance that is not for it", weight: 1, run: greedy },
  { name: "pay by a mail's link: two clicks at once", weight: 2, run: twice },
];

/** People press the links of mails that came lately. */
const lately = 30;

async function byMail(turn: Turn): Promise<void> {
  const opened = await openOne(turn);
  if (!opened) return turn.idle();
  turn.note(`→ ${await press(turn, clickOf(turn, opened))}`);
}

/** Once from the balance and once by card, or twice the same. */
async function twice(turn: Turn): Promise<void> {
  const opened = await openOne(turn);
  if (!opened) return turn.idle();
  const first = clickOf(turn, opened);
  const second = turn.random.chance(0.5) ? first : clickOf(turn, opened);
  await together(turn, [(gate) => press(turn, first, gate), (gate) => press(turn, second, gate)]);
}

/** As no page of a copy's link sends it. */
async function greedy(turn: Turn): Promise<void> {
  const opened = await openOne(turn);
  if (!opened || opened.view.withBalance) return turn.idle();
  const click = clickOf(turn, opened);
  const plan = { balanceMinor: opened.view.due.minor.toString(), cardMinor: "0", excessMinor: "0" };
  const word = await press(turn, { ...click, input: { ...click.input, plan, useBalance: true } });
  if (word === "paid") turn.simulation.violate("a balance is spent only by who may", click.input.paymentId);
  turn.note(`→ ${word}`);
}

interface Opened {
  customer: LinkClick["customer"];
  token: string;
  view: PayLinkDue;
}

/** What is seen behind one of them that is still to be paid. */
async function openOne(turn: Turn): Promise<Opened | null> {
  const { random, simulation, stage } = turn;
  const tokens = random.shuffled([...simulation.mailedTokens].slice(-lately));
  for (const token of tokens) {
    const link = readAnyPayLink(stage.world.payLinkKey, token);
    if (link?.kind !== "mailed") {
      simulation.violate("a mail's link is one that we signed", token);
      return null;
    }
    const customer = simulation.customers.find(({ customerId }) => customerId === link.customerId);
    const view = await showPayLink({ token, address: "" }, stage.world, noLimits);
    if (!customer || view.kind !== "due") continue;
    turn.touch([customer]);
    turn.note(`${customer.name} ${view.invoices.map(({ number }) => number).join(" and ")}`);
    return { customer, token, view };
  }
  return null;
}

function clickOf({ random }: Turn, { customer, token, view }: Opened): LinkClick {
  const fromBalance = random.chance(0.6) ? view.withBalance : null;
  const plan = fromBalance ?? view.plan;
  const invoiceIds = view.invoices.map(({ id }) => id);
  const input = { token, paymentId: paymentIdOf(random), invoiceIds, plan, useBalance: fromBalance !== null };
  return { customer, input, mostOfBalance: BigInt(plan.balanceMinor) };
}
