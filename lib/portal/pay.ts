import { transact } from "@/db/transaction";
import { type AttemptLimits, attemptLimits } from "@/lib/auth/attempt-limits";
import type { ChargeWay } from "@/lib/billing/payment/charge-way";
import { closePayment } from "@/lib/billing/payment/close-payment";
import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import type { BalanceWish } from "@/lib/billing/payment/plan";
import { sendPayment } from "@/lib/billing/payment/reach-payment";
import { receiptOfDecision } from "@/lib/billing/payment/receipt";
import { readPayment } from "@/lib/billing/payment/settle";
import { type StartInput, startPayment } from "@/lib/billing/payment/start-payment";
import { isFinal } from "@/lib/billing/payment/states";
import type { RenewRefusal, RenewStarted } from "@/lib/billing/renewal/renew-now";
import type { PaymentRecord } from "@/lib/billing/scene";
import type { World } from "@/lib/billing/world";
import { unreachable } from "@/lib/kernel/assert";
import { type InvoiceId, isUuid, type PaymentId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type ChargeChoice, wayOf } from "./charge-choice";
import { goOn, lead, mayAskStripe, paid } from "./lead";
import { mayPay } from "./permit";
import type { CustomerActor, PayOutcome, PayRefusal, PlanShown } from "./shapes";
import { portalWorld } from "./world";

/** More invoices than a person chooses by hand; a larger wish is a mistake or an attack. */
export const invoicesMost = 100;

export interface PayInput {
  /** Made once for each panel shown: a double click, a reload or a second tab is the same payment. */
  paymentId: string;
  invoiceIds: readonly string[];
  /** The plan the customer was shown; refused with the new one if it no longer holds. */
  plan: PlanShown;
}

type Paid = Promise<Result<PayOutcome, PayRefusal>>;

/** Pays invoices through Stripe alone. Minor units throughout; see PayRefusal for what is refused. */
export async function payDirect(
  actor: CustomerActor,
  input: PayInput & ChargeChoice,
  world: World = portalWorld(),
): Paid {
  const way = wayOf(input);
  if (!way.ok) return way;
  return pay(world, actor, input, { wish: "none", way: way.value, balanceOnly: false });
}

/** Pays invoices from the balance alone, at once and without Stripe; refused where it does not reach. */
export function payFromBalance(actor: CustomerActor, input: PayInput, world: World = portalWorld()): Paid {
  return pay(world, actor, input, { wish: "all", balanceOnly: true });
}

/** Pays from the balance as far as wished (all that is available if not said) and the rest through Stripe. */
export async function payCombined(
  actor: CustomerActor,
  input: PayInput & ChargeChoice & { useBalance?: "all" | string },
  world: World = portalWorld(),
): Paid {
  const wish = wishOf(input.useBalance ?? "all");
  if (wish === null) return refuse({ code: "amount_malformed" });
  const way = wayOf(input);
  if (!way.ok) return way;
  return pay(world, actor, input, { wish, way: way.value, balanceOnly: false });
}

/** Goes on with an open payment where it stands: Stripe's page, or its outcome. */
export async function resumePayment(
  actor: CustomerActor,
  input: { paymentId: string },
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(world.app),
): Paid {
  const found = await ownPayment(world, actor, input.paymentId);
  return found.ok ? goOn(world, found.value, limits) : found;
}

/** Ends an open payment at Stripe; the invoices are then as before. If it was paid meanwhile, that is the answer. */
export async function abandonPayment(
  actor: CustomerActor,
  input: { paymentId: string },
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(world.app),
): Promise<Result<{ kind: "abandoned" } | PayOutcome, PayRefusal>> {
  const found = await ownPayment(world, actor, input.paymentId);
  if (!found.ok) return found;
  const payment = found.value;
  const asked = isFinal(payment.state) ? ok() : await mayAskStripe(limits, payment.id);
  if (!asked.ok) return asked;
  const closed = await closePayment(
    world,
    { customerId: actor.customerId, paymentId: payment.id },
    "canceled",
    {
      ...{ actor: "customer", userId: actor.userId },
    },
  );
  if (closed.kind === "settled" && closed.state === "succeeded") return paid(world, payment);
  if (closed.kind === "settled" && isFinal(closed.state)) return ok({ kind: "abandoned" });
  return refuse({ code: "payment_in_progress", paymentId: payment.id });
}

interface Way {
  wish: BalanceWish;
  way?: ChargeWay;
  balanceOnly: boolean;
}

async function pay(world: World, actor: CustomerActor, input: PayInput, way: Way): Paid {
  const checked = checkedInput(input);
  if (!checked.ok) return checked;
  return beginPayment(world, {
    ...checked.value,
    ...way,
    origin: "customer",
    customerId: actor.customerId,
    userId: actor.userId,
    permit: (sql) => mayPay(sql, actor),
  });
}

/**
 * Starts a payment and leads to where it goes on; what is in its way at Stripe is ended there first, and then looked at
 * again (domain.md, Paying 10). Who may is asked by `start.permit`, under the locks.
 */
export function beginPayment(world: World, start: StartInput): Paid {
  return begin(world, start, () => startPayment(world, start));
}

/** The same for whatever starts a payment. */
export async function begin(world: World, start: Start, startIt: () => Promise<RenewStarted>): Paid {
  const started = await startIt();
  const refusal = await outOfTheWay(world, start, started);
  if (refusal === null) return told(world, start, started);
  if (refusal !== "start_again") return refuse(refusal);
  const again = await startIt();
  // A payment in the way may have hidden that Stripe does not know the customer yet, and the other way round.
  const other = await outOfTheWay(world, start, again);
  if (other === null) return told(world, start, again);
  return other === "start_again" ? told(world, start, await startIt()) : refuse(other);
}

type Start = Pick<StartInput, "customerId" | "userId" | "paymentId" | "permit">;

/** Does what has to be done outside of any transaction before a payment can start; null if there is nothing. */
async function outOfTheWay(
  world: World,
  { customerId, userId, permit }: Start,
  started: RenewStarted,
): Promise<PayRefusal | "start_again" | null> {
  if (started.kind === "unknown_to_stripe") {
    const stripe = await ensureStripeCustomer(world, customerId, permit);
    if (stripe.kind === "known") return "start_again";
    if (stripe.kind === "not_allowed") return { code: "not_allowed" };
    return { code: stripe.kind === "refused" ? "gateway_refused" : "gateway_unreachable" };
  }
  if (started.kind !== "claimed") return null;
  for (const paymentId of started.by) {
    const asked = await mayAskStripe(attemptLimits(world.app), paymentId);
    if (!asked.ok) return { code: "payment_in_progress", paymentId };
    const closed = await closePayment(world, { customerId, paymentId }, "canceled", {
      ...{ actor: "customer", userId },
    });
    if (closed.kind !== "settled" || !isFinal(closed.state)) {
      return { code: "payment_in_progress", paymentId };
    }
  }
  return "start_again";
}

async function told(world: World, start: Start, started: RenewStarted): Paid {
  const { paymentId, customerId } = start;
  switch (started.kind) {
    case "refused":
      return refuse(refusalOf(started.refusal));
    case "paid":
      return ok({ kind: "paid", receipt: receiptOfDecision(started.decision, { paymentId, ...started }) });
    case "repeated":
      return goOn(world, started.payment);
    case "claimed":
      return refuse({ code: "payment_in_progress", paymentId: started.by[0] as PaymentId });
    case "unknown_to_stripe":
      return refuse({ code: "gateway_unreachable" });
    case "stored": {
      const payment = await readPayment(world, { customerId, paymentId });
      if (!payment) throw new Error("a payment that was stored is there");
      return lead(world, payment, await sendPayment(world, payment));
    }
    default:
      return unreachable(started);
  }
}

async function ownPayment(
  world: World,
  actor: CustomerActor,
  paymentId: string,
): Promise<Result<PaymentRecord, PayRefusal>> {
  if (!isUuid(paymentId)) return refuse({ code: "payment_not_found" });
  const { customerId } = actor;
  const isPermitted = await transact(world.app, actor, ({ sql }) => mayPay(sql, actor));
  if (!isPermitted) return refuse({ code: "not_allowed" });
  const payment = await readPayment(world, { customerId, paymentId: paymentId as PaymentId });
  return payment && payment.cardMinor > 0n ? ok(payment) : refuse({ code: "payment_not_found" });
}

/** What a browser sends of a payment, as the rules take it; the plan it was shown is compared under the locks. */
export function checkedInput(
  input: PayInput,
): Result<Pick<StartInput, "paymentId" | "invoiceIds" | "shown">, PayRefusal> {
  if (input.invoiceIds.length === 0) return refuse({ code: "nothing_chosen" });
  if (input.invoiceIds.length > invoicesMost)
    return refuse({ code: "too_many_invoices", most: invoicesMost });
  const invoiceIds = [...new Set(input.invoiceIds)];
  if (!invoiceIds.every(isUuid)) return refuse({ code: "invoice_not_found" });
  if (!isUuid(input.paymentId)) return refuse({ code: "payment_id_used" });
  return ok({
    paymentId: input.paymentId as PaymentId,
    invoiceIds: invoiceIds as InvoiceId[],
    shown: {
      balanceMinor: shownMinor(input.plan.balanceMinor),
      cardMinor: shownMinor(input.plan.cardMinor),
      excessMinor: shownMinor(input.plan.excessMinor),
    },
  });
}

/** What is no amount was never shown: as -1 it differs from every plan and is answered with the true one. */
export function shownMinor(text: string): bigint {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : -1n;
}

export function wishOf(useBalance: string): BalanceWish | null {
  if (useBalance === "none" || useBalance === "all") return useBalance;
  return /^\d{1,18}$/.test(useBalance) ? BigInt(useBalance) : null;
}

export function refusalOf(refusal: RenewRefusal): PayRefusal {
  switch (refusal.code) {
    case "balance_too_low":
      return { code: "balance_too_low", shortBy: money(refusal.shortMinor, refusal.currency) };
    case "amount_too_large":
      return { code: "amount_too_large", available: money(refusal.availableMinor, refusal.currency) };
    case "charge_too_large":
      return { code: "charge_too_large", most: money(refusal.mostMinor, refusal.currency) };
    case "plan_changed":
      return {
        code: "plan_changed",
        due: money(refusal.dueMinor, refusal.currency),
        plan: shownOf(refusal.plan),
      };
    default:
      return refusal;
  }
}

export function shownOf(plan: { balanceMinor: bigint; cardMinor: bigint; excessMinor: bigint }): PlanShown {
  return {
    balanceMinor: plan.balanceMinor.toString(),
    cardMinor: plan.cardMinor.toString(),
    excessMinor: plan.excessMinor.toString(),
  };
}
