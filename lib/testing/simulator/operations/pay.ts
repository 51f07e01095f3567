import type { Result } from "@/lib/kernel/result";
import { abandonPayment, resumePayment } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import type { PayOutcome } from "@/lib/portal/shapes";
import type { Draft, SimulatedCustomer } from "../cast";
import { openInvoices } from "../lookups";
import type { Operation } from "../operation";
import { isLost, type Lost, type Turn } from "../simulation";
import { type Gate, takeTurns } from "../turns";
import { checkAnswer, rowsOf } from "./answers";
import { draftOf, send, topUpDraft } from "./draft";
import { noLimits } from "./pay-link";

export const payOperations: readonly Operation[] = [
  { name: "pay", weight: 26, run: pay },
  { name: "top up", weight: 7, run: topUp },
  { name: "pay: double click", weight: 4, run: doubleClick },
  { name: "pay: two tabs", weight: 6, run: twoTabs },
  { name: "pay: two people", weight: 3, run: twoPeople },
  { name: "resume", weight: 5, run: (turn) => goOn(turn, "resume") },
  { name: "abandon", weight: 6, run: (turn) => goOn(turn, "abandon") },
  { name: "abandon against pay", weight: 3, run: abandonAgainstPay },
  { name: "return page", weight: 8, run: returnPage },
];

async function pay(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.customers);
  const draft = await draftOf(turn, customer);
  turn.note(told(turn, draft));
  turn.note(`→ ${await click(turn, draft)}`);
}

async function topUp(turn: Turn): Promise<void> {
  const draft = await topUpDraft(turn, turn.random.pick(turn.simulation.customers));
  turn.note(told(turn, draft));
  turn.note(`→ ${await click(turn, draft)}`);
}

/** Makes the click in a process of its own, and checks what is answered against what is there. */
export async function click(turn: Turn, draft: Draft, gate?: Gate): Promise<string> {
  turn.touch([draft.customer]);
  const existed = await rowsOf(turn, draft);
  const mortal = turn.mortal(gate ? { gate } : {});
  const answer = await turn.within(mortal, (world) => send(draft, world));
  if (!isLost(answer) && !gate) await checkAnswer(turn, draft, answer, existed);
  return wordOf(answer);
}

async function doubleClick(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.customers);
  const draft = await (turn.random.chance(0.8) ? draftOf(turn, customer) : topUpDraft(turn, customer));
  turn.note(told(turn, draft));
  if (turn.random.chance(0.6)) await together(turn, [draft, draft]);
  else for (const _ of [1, 2]) turn.note(`→ ${await click(turn, draft)}`);
}

/** The same invoices, two payments at once. */
async function twoTabs(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.customers);
  const first = await draftOf(turn, customer);
  const second = await draftOf(turn, customer, { invoiceIds: first.input.invoiceIds });
  turn.note(`${told(turn, first)} | ${told(turn, second)}`);
  await together(turn, [first, second]);
}

/** One balance, different invoices. */
async function twoPeople(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.customers);
  const open = await openInvoices(turn.stage, customer.customerId);
  const drafts: Draft[] = [];
  for (const { id } of turn.random.some(open, 3))
    drafts.push(await draftOf(turn, customer, { invoiceIds: [id] }));
  turn.note(drafts.map((draft) => told(turn, draft)).join(" | "));
  await together(turn, drafts);
}

export async function together(turn: Turn, drafts: readonly Draft[]): Promise<void> {
  const ends = await takeTurns(
    turn.random,
    drafts.map((draft) => (gate: Gate) => click(turn, draft, gate)),
  );
  turn.note(
    `→ ${ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason))).join(" | ")}`,
  );
}

type Answer = Result<PayOutcome | { kind: "abandoned" }, { code: string }> | Lost;

async function goOn(turn: Turn, what: "resume" | "abandon"): Promise<void> {
  const draft = recent(turn);
  if (!draft) return turn.idle();
  turn.touch([draft.customer]);
  const customer = turn.random.chance(0.05) ? turn.random.pick(turn.simulation.customers) : draft.customer;
  turn.note(`${draft.name} as ${customer.name} → ${wordOf(await act(turn, what, customer, draft))}`);
}

async function act(
  turn: Turn,
  what: "resume" | "abandon",
  { actor }: SimulatedCustomer,
  { input: { paymentId } }: Draft,
  gate?: Gate,
): Promise<Answer> {
  const doIt = what === "resume" ? resumePayment : abandonPayment;
  return turn.within<Exclude<Answer, Lost>>(turn.mortal(gate ? { gate } : {}), (world) =>
    doIt(actor, { paymentId }, world, noLimits),
  );
}

/** Cancel against pay, and against a look at how it stands. */
async function abandonAgainstPay(turn: Turn): Promise<void> {
  const draft = recent(turn);
  if (!draft) return turn.idle();
  const { customer, input } = draft;
  turn.touch([customer]);
  const another = await draftOf(turn, customer, { invoiceIds: input.invoiceIds });
  const ends = await takeTurns<string>(turn.random, [
    async (gate) => wordOf(await act(turn, "abandon", customer, draft, gate)),
    async (gate) => wordOf(await act(turn, "resume", customer, draft, gate)),
    (gate) => click(turn, another, gate),
  ]);
  const words = ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason)));
  turn.note(`${draft.name} against ${another.name} → ${words.join(" | ")}`);
}

async function returnPage(turn: Turn): Promise<void> {
  const draft = recent(turn);
  if (!draft) return turn.idle();
  turn.touchAll();
  const { random, simulation } = turn;
  const visitor = random.weighted<SimulatedCustomer | null>([
    [80, draft.customer],
    [10, random.pick(simulation.customers)],
    [10, null],
  ]);
  const seen = await turn.within(turn.mortal(), (world) =>
    paymentOutcome(visitor?.actor ?? null, draft.input.paymentId, world),
  );
  const word = seen === null ? "nothing to see" : isLost(seen) ? seen.lost : seen.kind;
  turn.note(`${draft.name} as ${visitor?.name ?? "a stranger"} → ${word}`);
  // A payment's id may be used by two customers; each sees their own.
  const mayShow = simulation.drafts.some(
    (each) => each.customer === visitor && each.input.paymentId === draft.input.paymentId,
  );
  if (seen !== null && !isLost(seen) && !mayShow) {
    simulation.violate("nobody sees another customer's payment", `${draft.name} as ${visitor?.name}`);
  }
}

function recent({ random, simulation }: Turn): Draft | null {
  const drafts = simulation.drafts.slice(-25);
  return drafts.length === 0 ? null : random.pick(drafts);
}

export function told(turn: Turn, { name, customer, way, useBalance, input, amount, renew }: Draft): string {
  const again = turn.simulation.drafts.find((draft) => draft.input.paymentId === input.paymentId);
  const id = again && again.name !== name ? ` under the id of ${again.name}` : "";
  if (amount) {
    const from = input.invoiceIds.length > 0 ? " from an invoice" : "";
    return `${name} ${customer.name} ${way} ${amount.text} ${amount.currency}${from}${id}`;
  }
  const { balanceMinor, cardMinor, excessMinor } = input.plan;
  if (renew) return `${name} ${customer.name} ${way} renews by ${renew.terms}${id}`;
  const wished = way === "combined" ? ` (wish ${useBalance})` : "";
  const plan = `${balanceMinor}+${cardMinor}${excessMinor === "0" ? "" : `, ${excessMinor} too much`}`;
  return `${name} ${customer.name} ${way}${wished} ${input.invoiceIds.length} invoices ${plan}${id}`;
}

function wordOf(answer: Answer): string {
  if (isLost(answer)) return answer.lost;
  return answer.ok ? answer.value.kind : `refused ${answer.refusal.code}`;
}
