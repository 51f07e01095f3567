import { money, toDecimal } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";
import type { ChargeChoice } from "@/lib/portal/charge-choice";
import { type PayInput, payCombined, payDirect, payFromBalance } from "@/lib/portal/pay";
import { previewPlan } from "@/lib/portal/preview-plan";
import { renewNow, showRenewNow } from "@/lib/portal/renew-now";
import type { PayOutcome, PayRefusal, PlanShown } from "@/lib/portal/shapes";
import { type TopUpRefusal, topUp } from "@/lib/portal/top-up";
import type { Draft, SimulatedCustomer } from "../cast";
import { availableMinor, closedInvoice, openInvoices } from "../lookups";
import type { Mortal } from "../mortal";
import type { Turn } from "../simulation";

const noPlan: PlanShown = { balanceMinor: "0", cardMinor: "0", excessMinor: "0" };

/** A click as a browser makes it, mostly in good faith. */
export async function draftOf(
  turn: Turn,
  customer: SimulatedCustomer,
  given: { invoiceIds?: readonly string[]; cardId?: string } = {},
): Promise<Draft> {
  const { simulation, random } = turn;
  const invoiceIds = given.invoiceIds ?? (await chooseInvoices(turn, customer));
  const way = random.weighted<Draft["way"]>([
    [35, "direct"],
    [25, "balance"],
    [40, "combined"],
  ]);
  const useBalance = way === "direct" ? "none" : way === "balance" ? "all" : await wish(turn, customer);
  const plan = await planShown(turn, customer, invoiceIds, useBalance);
  const draft: Draft = {
    name: `p${simulation.drafts.length + 1}`,
    customer,
    way,
    useBalance,
    input: {
      paymentId: paymentId(turn),
      invoiceIds,
      plan,
      ...(given.cardId ? { cardId: given.cardId } : {}),
    },
  };
  simulation.drafts.push(draft);
  return draft;
}

/** A top-up, often of just what an invoice needs and begun from it. */
export async function topUpDraft(turn: Turn, customer: SimulatedCustomer): Promise<Draft> {
  const { random, simulation, stage } = turn;
  const open = await openInvoices(stage, customer.customerId);
  const from = open.length > 0 && random.chance(0.6) ? random.pick(open) : null;
  const currency = from?.currency ?? customer.currency;
  const step = currency === "KWD" ? 10 : 1;
  const needed = from && random.chance(0.7) ? Number(from.remainingMinor) : random.between(1, 9_000);
  const minor = Math.ceil(needed / step) * step + random.pick([0, 0, 0, 1]);
  const text = random.chance(0.03)
    ? random.pick(["", "-3", "1e3", "0", "99999999999", "12,5.0"])
    : toDecimal(money(BigInt(minor), currency));
  const draft: Draft = {
    name: `p${simulation.drafts.length + 1}`,
    customer,
    way: "top-up",
    useBalance: "none",
    input: { paymentId: paymentId(turn), invoiceIds: from ? [from.id] : [], plan: noPlan },
    amount: { text, currency },
  };
  simulation.drafts.push(draft);
  return draft;
}

/** A wish to renew a service by some terms now, as its page shows it; null if that page offers nothing. */
export async function renewDraft(
  turn: Turn,
  customer: SimulatedCustomer,
  serviceId: string,
): Promise<Draft | null> {
  const { random, simulation, stage } = turn;
  const terms = random.weighted([
    [40, 1],
    [40, 2],
    [15, 3],
    [5, 6],
  ]);
  const panel = await showRenewNow(customer.actor, { serviceId, terms }, stage.world);
  if (!panel.ok) return null;
  const { fromBalance, combined, direct } = panel.value;
  const shown = { balance: fromBalance, combined, direct };
  const ways = (["balance", "combined", "direct"] as const).filter((way) => shown[way] !== null);
  const how = random.pick(ways);
  const draft: Draft = {
    name: `p${simulation.drafts.length + 1}`,
    customer,
    way: how,
    useBalance: how === "direct" ? "none" : "all",
    input: { paymentId: paymentId(turn), invoiceIds: [], plan: shown[how] ?? noPlan },
    renew: { serviceId, terms, how },
  };
  simulation.drafts.push(draft);
  return draft;
}

/** Sends it, as the page's action does. */
export function send(
  draft: Draft,
  world: Mortal["world"],
): Promise<Result<PayOutcome, PayRefusal | TopUpRefusal>> {
  const { actor } = draft.customer;
  const input: PayInput & ChargeChoice = draft.input;
  if (draft.amount) {
    const { text, currency } = draft.amount;
    const invoiceId = input.invoiceIds[0] ?? null;
    return topUp(actor, { paymentId: input.paymentId, currency, amount: text, invoiceId }, world);
  }
  if (draft.renew) return renewNow(actor, { ...input, ...draft.renew }, world);
  if (draft.way === "direct") return payDirect(actor, input, world);
  if (draft.way === "balance") return payFromBalance(actor, input, world);
  return payCombined(actor, { ...input, useBalance: draft.useBalance }, world);
}

async function chooseInvoices(turn: Turn, customer: SimulatedCustomer): Promise<string[]> {
  const { random, stage, simulation } = turn;
  const open = await openInvoices(stage, customer.customerId);
  const kind = random.weighted([
    [86, "open"],
    [4, "closed"],
    [3, "of another customer"],
    [2, "unknown"],
    [2, "twice the same"],
    [1, "none"],
    [2, "all currencies"],
  ] as const);
  switch (kind) {
    case "closed": {
      const closed = await closedInvoice(stage, customer.customerId);
      return closed ? [closed] : [];
    }
    case "of another customer": {
      const other = random.pick(simulation.customers);
      return (await openInvoices(stage, other.customerId)).slice(0, 1).map(({ id }) => id);
    }
    case "unknown":
      return [random.pick(["not-an-id", "00000000-0000-7000-8000-000000000000"])];
    case "none":
      return [];
    case "all currencies":
      return random.some(open, 5).map(({ id }) => id);
    default: {
      if (open.length === 0) return [];
      const { currency } = random.pick(open);
      const same = open.filter((invoice) => invoice.currency === currency);
      const most = random.weighted([
        [60, 1],
        [25, 2],
        [10, 3],
        [5, 8],
      ]);
      const chosen = random.some(same, most).map(({ id }) => id);
      return kind === "twice the same" ? [...chosen, ...chosen] : chosen;
    }
  }
}

async function wish(turn: Turn, customer: SimulatedCustomer): Promise<string> {
  const { random, stage } = turn;
  const available = await availableMinor(stage, customer.customerId, customer.currency);
  const part = BigInt(random.int(Number(available) + 1));
  return random.weighted([
    [45, "all"],
    [8, "none"],
    [32, part.toString()],
    [4, available.toString()],
    [4, "1"],
    [4, (available + 1n + part).toString()],
    [3, random.pick(["-5", "1.50", "alles", ""])],
  ]);
}

/** What the customer was shown: mostly what holds, else an older page or nonsense. */
async function planShown(
  turn: Turn,
  customer: SimulatedCustomer,
  invoiceIds: readonly string[],
  useBalance: string,
): Promise<PlanShown> {
  const { random, simulation, stage } = turn;
  const earlier = simulation.drafts.filter((draft) => draft.customer === customer);
  if (earlier.length > 0 && random.chance(0.06)) return random.pick(earlier).input.plan;
  if (random.chance(0.02)) return { ...noPlan, cardMinor: random.pick(["1", "99999999", "x", "-1"]) };
  const shown = await previewPlan(customer.actor, { invoiceIds, useBalance }, stage.world);
  return shown.ok ? shown.value.plan : noPlan;
}

function paymentId(turn: Turn): string {
  const { random, simulation } = turn;
  if (simulation.drafts.length > 0 && random.chance(0.05)) {
    return random.pick(simulation.drafts.slice(-20)).input.paymentId;
  }
  if (random.chance(0.01)) return "not-an-id";
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
  bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
