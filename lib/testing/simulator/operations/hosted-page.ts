import type { PayOrder, PayOutcome } from "@/lib/sandbox/control";
import { type FoundSession, sessions } from "../lookups";
import type { Operation } from "../operation";
import type { Turn } from "../simulation";
import { unheard } from "../unheard";

const good = ["4242424242424242", "5555555555554444", "6200000000000005"];
const bad = ["4000000000000002", "4000000000009995", "4000000000000069", "4000000000000119"];

export const hostedPageOperations: readonly Operation[] = [
  { name: "page: pay", weight: 14, run: payWithCard },
  { name: "page: decline, then pay", weight: 4, run: declineThenPay },
  { name: "page: 3-D Secure", weight: 5, run: authenticate },
  { name: "page: bank debit or wallet", weight: 5, run: otherMethod },
  { name: "page: answer or end what waits", weight: 5, run: endWaiting },
  { name: "page: expires", weight: 4, run: expire },
  { name: "page: paid after its expiry", weight: 3, run: payAfterExpiry },
];

async function payWithCard(turn: Turn): Promise<void> {
  await order(turn, await openSession(turn), [{ card: turn.random.pick(good) }]);
}

async function declineThenPay(turn: Turn): Promise<void> {
  const declines = Array.from({ length: turn.random.between(1, 3) }, () => ({ card: turn.random.pick(bad) }));
  const isPaid = turn.random.chance(0.7);
  await order(turn, await openSession(turn), isPaid ? [...declines, { card: good[0] }] : declines);
}

async function authenticate(turn: Turn): Promise<void> {
  const authentication = turn.random.pick(["approve", "fail", "leave"] as const);
  const card = turn.random.pick(["4000002500003155", "4000008260003178"]);
  await order(turn, await openSession(turn), [{ card, authentication }]);
}

async function otherMethod(turn: Turn): Promise<void> {
  const { random } = turn;
  const session = await openSession(turn);
  const debits: Record<string, "sepa_debit" | "us_bank_account"> = {
    EUR: "sepa_debit",
    USD: "us_bank_account",
  };
  const method = session && debits[session.currency];
  const later = random.pick(["succeeds", "succeeds", "fails", "waits"] as const);
  const afterMs = random.between(1, 96) * 3_600_000;
  if (method && random.chance(0.7)) return order(turn, session, [{ method, later, afterMs }]);
  await order(turn, session, [
    { method: "alipay", authorization: random.pick(["approve", "fail", "leave"] as const) },
  ]);
}

/** A session to go to: mostly one whose payment is open. */
async function openSession(turn: Turn): Promise<FoundSession | null> {
  const found = await sessions(turn.stage);
  const open = found.filter(({ state }) => !["failed", "canceled", "expired"].includes(state));
  const among = open.length > 0 && turn.random.chance(0.95) ? open : found;
  return among.length === 0 ? null : turn.random.pick(among);
}

/** What the customer does on the page, one attempt after the other. Stripe refuses what cannot be done. */
async function order(turn: Turn, session: FoundSession | null, orders: readonly PayOrder[]): Promise<void> {
  if (!session) return turn.idle();
  turn.note(nameOf(turn, session));
  const isUnheard = turn.random.chance(0.15);
  if (isUnheard) {
    turn.simulation.faults.add("every event of a payment is lost");
    turn.note("unheard");
  }
  for (const each of orders) {
    const pay = () => turn.stage.control.pay(session.sessionId, each).catch(refusal);
    const end = isUnheard ? await unheard(turn.simulation, "payment", pay) : await pay();
    if (typeof end === "string") {
      turn.note(`→ ${end}`);
      return;
    }
    turn.note(`→ ${end.intentStatus}`);
    remember(turn, end);
  }
}

function remember({ simulation }: Turn, { paymentIntent, intentStatus }: PayOutcome): void {
  if (!paymentIntent) return;
  if (intentStatus === "requires_action")
    simulation.waitingIntents.push({ id: paymentIntent, for: "authentication" });
  if (intentStatus === "processing") simulation.waitingIntents.push({ id: paymentIntent, for: "settlement" });
}

async function endWaiting(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const { waitingIntents } = simulation;
  if (waitingIntents.length === 0) return turn.idle();
  const at = random.int(waitingIntents.length);
  const [waiting] = waitingIntents.splice(at, 1);
  if (!waiting) return;
  const isGood = random.chance(0.7);
  turn.note(`${waiting.for} ${isGood ? "succeeds" : "fails"}`);
  const ended =
    waiting.for === "authentication"
      ? stage.control.authenticate(waiting.id, isGood ? "approve" : "fail")
      : stage.control.settleDelayed(waiting.id, isGood ? "succeeds" : "fails");
  const refused = await ended.then(() => null, refusal);
  if (refused) turn.note(`→ ${refused}`);
}

async function expire(turn: Turn): Promise<void> {
  const session = await openSession(turn);
  if (!session) return turn.idle();
  const refused = await turn.stage.control.expire(session.sessionId).then(() => null, refusal);
  turn.note(`${nameOf(turn, session)} → ${refused ?? "expired"}`);
}

/** A success that Stripe reports too late, for a payment that is expired or canceled here. */
async function payAfterExpiry(turn: Turn): Promise<void> {
  const found = (await sessions(turn.stage)).filter(
    ({ state }) => state === "expired" || state === "canceled",
  );
  const session = found.length === 0 ? null : turn.random.pick(found);
  if (session) turn.simulation.paidAfterExpiry.add(session.paymentId);
  await order(turn, session, [{ card: turn.random.pick(good), afterExpiry: true }]);
}

function nameOf({ simulation }: Turn, { paymentId, state }: FoundSession): string {
  const draft = simulation.drafts.find(({ input }) => input.paymentId === paymentId);
  return `${draft?.name ?? "of an unknown payment"} (${state})`;
}

/** Why Stripe refused, without the ids in it: they are not of the seed's making. */
function refusal(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const message = /"message":"([^"]*)"/.exec(text)?.[1] ?? text;
  return `Stripe refuses: ${message.replace(/\b[a-z]+_[A-Za-z0-9]{14,}/g, "…")}`;
}
