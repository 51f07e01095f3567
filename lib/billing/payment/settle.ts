import { type Transaction, transact } from "@/db/transaction";
import type { Charge } from "@/lib/gateway/port";
import type { CustomerId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import { askStaffOnce } from "../ask-staff-once";
import { isHardDecline } from "../auto-pay/schedule";
import { stopAutoCharges } from "../card/auto-charge-card";
import { storeCard } from "../card/store-card";
import { Decision } from "../decision";
import { lockBalances, lockPayments, openHolds, type PaymentRecord, paymentRecord } from "../scene";
import type { World } from "../world";
import { bookEnd, bookSuccess, type OutcomeScene } from "./book-outcome";
import { judge, type Verdict } from "./judge";
import { judgeIntent } from "./judge-intent";
import { objectTaken, orAsk } from "./or-ask";
import { type ReachHint, reachPayment } from "./reach-payment";
import type { Reached } from "./reached";
import { seeInvoices } from "./settle-what-waits";
import { isFinal, mayBecome, type PaymentState } from "./states";
import { type StrayCharge, strayCharge } from "./stray-charge";
import { write } from "./write";

export interface PaymentRef {
  customerId: CustomerId;
  paymentId: PaymentId;
}

/** Who wants a payment ended. */
export interface Ender {
  actor: "customer" | "staff";
  userId: string | null;
}

export interface SettleOptions extends ReachHint {
  /** How an expired page is recorded: `canceled` where somebody asked for its end. */
  endAs?: "canceled";
  /** Who asked for its end, for the record; absent: nobody, it follows from what Stripe says. */
  by?: Ender | undefined;
  /** What was just learned of the payment, so that Stripe is not asked twice. */
  reached?: Reached;
}

export type Settled =
  | { kind: "not_found" }
  /** The state the payment is in now; `changed` if this call brought it there. */
  | { kind: "settled"; state: PaymentState; changed: boolean; checkoutUrl: string | null }
  /** Stripe does not say: nothing is changed, the poller will ask again. */
  | { kind: "unknown"; reason: string }
  /** Stripe says something that does not fit our row: shown to staff, nothing moved. */
  | { kind: "quarantined"; reason: string }
  /** Stripe took a charge that names it beside the one that paid it: nothing moved, staff are to be asked. */
  | { kind: "second_charge"; charge: Charge; state: PaymentState };

/**
 * Applies an external payment whose outcome Stripe knows: the only way in which an invoice is paid through Stripe.
 * Webhook, return page, poller and staff's sync all call this; the first one wins, the others find nothing to do
 * (domain.md, Paying 6). Asks Stripe first, outside any transaction; then one transaction that is whole or absent.
 */
export async function settle(world: World, ref: PaymentRef, options: SettleOptions = {}): Promise<Settled> {
  const payment = await readPayment(world, ref);
  if (!payment) return { kind: "not_found" };
  const isOver = payment.state === "succeeded" || payment.cardMinor === 0n;
  const reached = isOver ? null : (options.reached ?? (await reachPayment(world, payment, options)));
  const settled = reached ? await settleReached(world, payment, reached, options) : over(payment);
  const stray = await strayCharge(world, payment, options, reached);
  if (stray.kind === "none") return settled;
  return stray.kind === "unknown" ? stray : settleStray(world, payment, settled, stray);
}

function over({ state }: PaymentRecord): Settled {
  return { kind: "settled", state, changed: false, checkoutUrl: null };
}

async function settleReached(
  world: World,
  payment: PaymentRecord,
  reached: Reached,
  { endAs, by }: Pick<SettleOptions, "endAs" | "by">,
): Promise<Settled> {
  if (reached.kind === "unknown") return { kind: "unknown", reason: reached.reason };
  const { customerId, id: paymentId } = payment;
  const verdict = verdictOf(world, payment, reached);
  const card = reached.kind === "checkout" ? reached.checkout.savedCard : null;
  const applied = await orAsk(
    () =>
      transact(world.jobs, { customerId }, async (tx) => {
        const result = await applyVerdict(world, { customerId, paymentId }, tx, verdict, endAs, by);
        if (card && result.kind === "settled" && result.changed) {
          await storeCard(tx.sql, customerId, card, world);
        }
        return result;
      }),
    () => askAboutTaken(world, { customerId, paymentId }, verdict),
  );
  return applied.kind === "settled" ? { ...applied, checkoutUrl: pageOf(reached) } : applied;
}

/**
 * Money that names the payment and did not come by its own object. One that ended unpaid takes it as a success that comes
 * late, if all of it fits; what does not fit, and what comes beside an open page, is for staff to judge. One that has its
 * money cannot take a second charge: the caller says so to staff.
 */
async function settleStray(
  world: World,
  payment: PaymentRecord,
  settled: Settled,
  { charge, intentId, reason }: StrayCharge,
): Promise<Settled> {
  const { customerId, id: paymentId } = payment;
  const state = settled.kind === "settled" ? settled.state : payment.state;
  if (state === "succeeded" || payment.cardMinor === 0n) return { kind: "second_charge", charge, state };
  const verdict: Verdict =
    !reason && isFinal(state)
      ? { kind: "succeeded", charge, intentId }
      : { kind: "quarantined", reason: reason ?? "other_object_paid", stripeId: intentId };
  const applied = await orAsk(
    () =>
      transact(world.jobs, { customerId }, (tx) =>
        applyVerdict(world, { customerId, paymentId }, tx, verdict, undefined),
      ),
    () => askAboutTaken(world, { customerId, paymentId }, verdict),
  );
  return applied.kind === "settled" ? { ...applied, checkoutUrl: null } : applied;
}

/** The money that would pay it is booked for another payment: nothing moves, staff are asked. */
function askAboutTaken(world: World, ref: PaymentRef, verdict: Verdict): Promise<Applied> {
  const stripeId = verdict.kind === "succeeded" ? verdict.intentId : undefined;
  const taken = { kind: "quarantined" as const, reason: objectTaken, ...(stripeId && { stripeId }) };
  return transact(world.jobs, { customerId: ref.customerId }, (tx) =>
    applyVerdict(world, ref, tx, taken, undefined),
  );
}

function verdictOf(
  world: World,
  payment: PaymentRecord,
  reached: Exclude<Reached, { kind: "unknown" }>,
): Verdict {
  switch (reached.kind) {
    case "nothing":
      return { kind: "ended", state: "failed", code: reached.code };
    case "differs":
      return { kind: "quarantined", reason: reached.reason, stripeId: reached.stripeId };
    case "checkout":
      return judge(payment, reached.checkout, world.gateway.isLive);
    case "intent":
      return judgeIntent(payment, reached.intent, world.gateway.isLive);
  }
}

/** Where the customer can go on: Stripe's page, or the bank's. */
function pageOf(reached: Reached): string | null {
  if (reached.kind === "checkout") return reached.checkout.url;
  return reached.kind === "intent" ? reached.intent.actionUrl : null;
}

type Applied =
  | { kind: "settled"; state: PaymentState; changed: boolean }
  | { kind: "quarantined"; reason: string };

/** Under the payment's locks. For who has asked Stripe already, or whom staff have told what became of it. */
export async function applyVerdict(
  world: World,
  ref: PaymentRef,
  tx: Transaction,
  verdict: Verdict,
  endAs: SettleOptions["endAs"],
  by?: Ender,
): Promise<Applied> {
  const { decision, scene } = await lockScene(world, ref, tx, by);
  const { payment } = scene;
  switch (verdict.kind) {
    case "quarantined":
      return quarantine(tx, ref, decision, verdict);
    case "open":
      return follow(tx, payment, verdict.state);
    case "ended": {
      if (isFinal(payment.state)) return { kind: "settled", state: payment.state, changed: false };
      const isWanted = endAs === "canceled" || payment.failureCode === "canceled";
      const state = verdict.state === "expired" && isWanted ? "canceled" : verdict.state;
      const { code, decline = { code, advice: null, networkCode: null } } = verdict;
      if (payment.origin === "auto" && payment.paymentMethodId && isHardDecline(decline)) {
        const { customerId, paymentMethodId: cardId } = payment;
        tx.write(stopAutoCharges(tx.sql, { customerId, cardId, code, now: world.clock.now() }));
      }
      await bookEnd(world, tx, decision, scene, { state, code });
      return { kind: "settled", state, changed: true };
    }
    case "succeeded": {
      const changed = await bookSuccess(tx, decision, scene, verdict);
      const state = changed && !isFinal(payment.state) ? "succeeded" : payment.state;
      return { kind: "settled", state, changed };
    }
  }
}

export async function lockScene(
  world: World,
  { customerId, paymentId }: PaymentRef,
  tx: Transaction,
  by: Ender | undefined,
): Promise<{ decision: Decision; scene: OutcomeScene }> {
  const { sql } = tx;
  const [balances, [payment], shareRows, holds, chargeRows, issuedRows] = await Promise.all([
    lockBalances(sql, customerId),
    lockPayments(sql, customerId, [paymentId]),
    sql`select invoice_id, balance_minor, card_minor from payment_shares
      where customer_id = ${customerId} and payment_id = ${paymentId} order by invoice_id`,
    openHolds(sql, customerId, [paymentId]),
    sql`select stripe_charge_id from charges where customer_id = ${customerId} and payment_id = ${paymentId}`,
    sql`select invoice_id from invoice_claims
      where customer_id = ${customerId} and payment_id = ${paymentId} and is_issued_for_it order by invoice_id`,
  ]);
  if (!payment) throw new Error("a payment is never deleted");
  const shares = shareRows.map((row) => ({
    invoiceId: row.invoice_id as InvoiceId,
    balanceMinor: row.balance_minor as bigint,
    cardMinor: row.card_minor as bigint,
  }));
  const decision = new Decision(
    {
      customerId,
      now: world.clock.now(),
      clock: world.clock,
      timeZone: world.timeZone,
      actor: by?.actor ?? "system",
      userId: by?.userId ?? null,
    },
    balances,
  );
  await seeInvoices(
    tx,
    decision,
    shares.map((share) => share.invoiceId),
  );
  const bookedCharges = chargeRows.map((row) => row.stripe_charge_id as string);
  const issuedForIt = issuedRows.map((row) => row.invoice_id as InvoiceId);
  return { decision, scene: { payment, shares, holds, bookedCharges, issuedForIt } };
}

async function follow(tx: Transaction, payment: PaymentRecord, state: PaymentState): Promise<Applied> {
  if (payment.state === state || !mayBecome(payment.state, state)) {
    return { kind: "settled", state: payment.state, changed: false };
  }
  tx.write(tx.sql`
    update payments set state = ${state}
    where customer_id = ${payment.customerId} and id = ${payment.id} and state = ${payment.state}`);
  return { kind: "settled", state, changed: true };
}

async function quarantine(
  tx: Transaction,
  { customerId, paymentId }: PaymentRef,
  decision: Decision,
  { reason, stripeId }: Extract<Verdict, { kind: "quarantined" }>,
): Promise<Applied> {
  const about = {
    ...{ kind: "payment_quarantined" as const, subject: "payment" as const },
    ...{ subjectId: paymentId, reason, stripeId },
  };
  if (await askStaffOnce(tx, decision, about)) write(tx, customerId, decision);
  return { kind: "quarantined", reason };
}

export async function readPayment(
  world: World,
  { customerId, paymentId }: PaymentRef,
): Promise<PaymentRecord | null> {
  const [row] = await world.jobs.sql`
    select id, customer_id, kind, funding, origin, state, currency, balance_minor, card_minor, excess_minor, content_hash,
      request_key, request, payment_method_id, stripe_session_id, stripe_payment_intent_id, decline, failure_code, checkout_url, send_count, first_sent_at, expires_at, poll_count,
      created_at, ended_at
    from payments where customer_id = ${customerId} and id = ${paymentId}`;
  return row ? paymentRecord(row) : null;
}
