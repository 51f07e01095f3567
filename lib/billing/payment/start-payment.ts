import type { ReservedSql } from "@/db/client";
import { sqlState, type Transaction, transact } from "@/db/transaction";
import type { CustomerId, InvoiceId, PaymentId, UserId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { LockedBalance } from "@/lib/ledger/book";
import type { CardRefusal } from "../card/chosen-card";
import { Decision, remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import type { InvoiceState } from "../invoice/states";
import {
  earlierOpenInvoices,
  findPayment,
  type InvoiceRecord,
  lockBalances,
  lockInvoices,
  lockLines,
  openHolds,
  type PaymentRecord,
} from "../scene";
import type { World } from "../world";
import { payFromBalanceNow } from "./balance-payment";
import { type ChargeWay, findWay, type KnownWay, type WayFound } from "./charge-way";
import { contentHash } from "./content-hash";
import { addExternalPayment } from "./external-payment";
import { type BalanceWish, type PaymentPlan, planPayment } from "./plan";
import { type TooManyUnfinished, tooManyUnfinished } from "./unfinished-payments";
import { write } from "./write";

export interface StartInput {
  customerId: CustomerId;
  /** Null for who pays by a link, without being signed in. */
  userId: UserId | null;
  origin: "customer" | "link";
  paymentId: PaymentId;
  invoiceIds: readonly InvoiceId[];
  /** Of those, the ones issued for this payment: they are voided when it ends unpaid. */
  issuedForIt?: readonly InvoiceId[];
  wish: BalanceWish;
  /** How Stripe is paid what the balance does not; absent: on its page. */
  way?: ChargeWay | undefined;
  /** What the customer was shown and agreed to. Minor units. */
  shown: { balanceMinor: bigint; cardMinor: bigint; excessMinor: bigint };
  /** The use case only takes plans that cost no card; refused with what is missing otherwise. */
  balanceOnly: boolean;
  /** Asked in the same round trip as the locks: may this user pay for this customer? */
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type StartRefusal =
  | { code: "not_allowed" }
  | { code: "invoice_not_found" }
  | { code: "currencies_differ" }
  | { code: "invoice_not_open"; number: string; state: InvoiceState }
  | { code: "line_not_completable"; number: string }
  | { code: "balance_too_low"; shortMinor: bigint; currency: Currency }
  | { code: "amount_too_large"; availableMinor: bigint; currency: Currency }
  | { code: "plan_changed"; plan: PaymentPlan; dueMinor: bigint; currency: Currency }
  /** More than Stripe charges at once. */
  | { code: "charge_too_large"; mostMinor: bigint; currency: Currency }
  | { code: "payment_id_used" }
  /** It was issued for a payment that is still open, and would be void as soon as that one is closed. */
  | { code: "payment_in_progress"; paymentId: PaymentId }
  | TooManyUnfinished
  | CardRefusal;

export type Started =
  | { kind: "refused"; refusal: StartRefusal }
  /** Paid in this very transaction. */
  | { kind: "paid"; decision: Decision; plan: PaymentPlan; currency: Currency }
  /** Stored, with its holds and claims: now Stripe may be called. */
  | { kind: "stored" }
  /** This payment exists already: a double click, a reload, a second tab. */
  | { kind: "repeated"; payment: PaymentRecord }
  /** Another open payment claims an invoice: it has to end first. */
  | { kind: "claimed"; by: PaymentId[] }
  /** A card would be charged, of a customer whom Stripe does not know yet. */
  | { kind: "unknown_to_stripe" };

/**
 * Starts a payment of invoices: plans it over what is locked, and either pays from the balance at once or stores it
 * for Stripe (domain.md, Paying 1 to 5). One transaction, no call to Stripe; two round trips for what is paid at once.
 */
export async function startPayment(world: World, input: StartInput): Promise<Started> {
  const { customerId, userId } = input;
  const scope = userId ? { customerId, userId } : { customerId };
  try {
    return await transact(world.app, scope, (tx) => startPaymentIn(world, input, tx));
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    // A payment of this id is there, whose invoices can be paid: it ended unpaid, or began this moment in another tab.
    const repeated = await transact(world.app, scope, (tx) => repeatedPayment(tx, input));
    if (!repeated) throw error;
    return repeated;
  }
}

const uniqueViolation = "23505";

/** The same in a transaction of the caller's, which has to be rolled back where the payment does not start. */
export async function startPaymentIn(world: World, input: StartInput, tx: Transaction): Promise<Started> {
  const { customerId, invoiceIds } = input;
  const isCounted = !input.balanceOnly && input.origin === "customer";
  const [isPermitted, payer, found, balances, invoices, read, tooMany] = await Promise.all([
    input.permit(tx.sql),
    input.balanceOnly ? null : payerOf(tx, customerId),
    findWay(world, tx.sql, customerId, input.way),
    lockBalances(tx.sql, customerId),
    lockInvoices(tx.sql, customerId, invoiceIds),
    lockLines(tx.sql, customerId, invoiceIds),
    isCounted ? tooManyUnfinished(tx.sql, world.clock, customerId) : null,
  ]);
  if (!isPermitted) return refused({ code: "not_allowed" });
  const started = await startSeen(world, input, tx, { payer, found, balances, invoices, read, tooMany });
  if (started.kind === "paid" || started.kind === "stored") return started;
  return (await repeatedPayment(tx, input)) ?? started;
}

/**
 * Nearly every payment is new, and the table's key refuses one that is not: whether it was begun before is asked only
 * where it cannot begin.
 */
async function repeatedPayment(tx: Transaction, input: StartInput): Promise<Started | null> {
  const payment = await findPayment(tx.sql, input.customerId, input.paymentId);
  if (!payment) return null;
  const isSame = payment.contentHash === hashOf(input);
  return isSame ? { kind: "repeated", payment } : refused({ code: "payment_id_used" });
}

interface Seen {
  payer: Payer | null;
  found: WayFound;
  balances: LockedBalance[];
  invoices: InvoiceRecord[];
  read: Awaited<ReturnType<typeof lockLines>>;
  tooMany: TooManyUnfinished | null;
}

async function startSeen(
  world: World,
  input: StartInput,
  tx: Transaction,
  { payer, found, balances, invoices, read, tooMany }: Seen,
): Promise<Started> {
  const refusal = refusalOf(input, invoices);
  if (refusal) return refused(refusal);
  if (!found.ok) return refused(found.refusal);
  const decision = decisionOf(world, input, balances);
  decision.see({ invoices, ...read });
  const earlier = await earlierUnpaid(tx, input, decision);
  const payable = inOrder([...invoices, ...earlier]);
  const claims = [...new Set(payable.flatMap(({ claimedBy }) => claimedBy ?? []))];
  if (claims.length > 0) return claimed(world, input, tx, decision, payable, claims, tooMany);
  const planned = plan(world, input, decision, payable, 0n);
  if (planned.ok && tooMany && planned.value.plan.cardMinor > 0n) return refused(tooMany);
  return planned.ok
    ? begin(world, input, tx, decision, { ...planned.value, invoices: payable, payer, way: found.way })
    : refused(planned.refusal);
}

/**
 * Names the payments that are in the way, to be closed at Stripe. What can be refused now is refused first, with what
 * they hold counted as available: a refusal must not cost the customer the page that they had open.
 */
async function claimed(
  world: World,
  input: StartInput,
  { sql }: Transaction,
  decision: Decision,
  invoices: InvoiceRecord[],
  by: PaymentId[],
  tooMany: TooManyUnfinished | null,
): Promise<Started> {
  const { customerId, invoiceIds, issuedForIt } = input;
  const [holds, [issued]] = await Promise.all([
    openHolds(sql, customerId, by),
    sql`
      select payment_id from invoice_claims where customer_id = ${customerId} and is_issued_for_it
        and invoice_id = any(${[...invoiceIds]}::uuid[]) limit 1`,
  ]);
  if (issued && !issuedForIt) return refused({ code: "payment_in_progress", paymentId: issued.payment_id });
  const heldMinor = holds.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const planned = plan(world, input, decision, invoices, heldMinor);
  if (planned.ok && tooMany && planned.value.plan.cardMinor > 0n) return refused(tooMany);
  return planned.ok ? { kind: "claimed", by } : refused(planned.refusal);
}

/** The customer as Stripe sees them. */
interface Payer {
  stripeCustomerId: string | null;
  locale: string;
}

async function payerOf({ sql }: Transaction, customerId: CustomerId): Promise<Payer | null> {
  const [row] = await sql`select stripe_customer_id, locale from customers where id = ${customerId}`;
  return row ? { stripeCustomerId: row.stripe_customer_id, locale: row.locale } : null;
}

/** The plan, if it is still the one that the customer was shown. `releasedMinor` is on its way back to the balance. */
function plan(
  world: World,
  input: StartInput,
  decision: Decision,
  invoices: readonly InvoiceRecord[],
  releasedMinor: bigint,
): Result<{ plan: PaymentPlan; currency: Currency }, StartRefusal> {
  const currency = (invoices[0] as InvoiceRecord).currency;
  const stuck = firstNotPayable(decision, invoices);
  if (stuck) return refuse({ code: "line_not_completable", number: stuck.number });
  const availableMinor = decision.book(currency).availableMinor + releasedMinor;
  const dues = invoices.map((invoice) => ({ id: invoice.id, remainingMinor: remainingMinor(invoice) }));
  const dueMinor = dues.reduce((total, due) => total + due.remainingMinor, 0n);
  if (input.balanceOnly && availableMinor < dueMinor) {
    return refuse({ code: "balance_too_low", shortMinor: dueMinor - availableMinor, currency });
  }
  const limits = world.gateway.chargeLimits(currency);
  const planned = planPayment(dues, availableMinor, input.wish, limits);
  if (!planned.ok) {
    const { refusal } = planned;
    if (refusal.code === "amount_too_large") return refuse({ ...refusal, currency });
    throw new Error("an open invoice has something due");
  }
  const { plan } = planned;
  if (differs(plan, input.shown) || invoices.length !== input.invoiceIds.length) {
    return refuse({ code: "plan_changed", plan, dueMinor, currency });
  }
  const mostMinor = limits.maximumMinor;
  if (plan.cardMinor > mostMinor) return refuse({ code: "charge_too_large", mostMinor, currency });
  return ok({ plan, currency });
}

interface Begun {
  plan: PaymentPlan;
  currency: Currency;
  invoices: InvoiceRecord[];
  payer: Payer | null;
  way: KnownWay;
}

/** Pays from the balance now, or stores the payment for Stripe. */
function begin(
  world: World,
  input: StartInput,
  tx: Transaction,
  decision: Decision,
  { plan, currency, invoices, payer, way }: Begun,
): Started {
  const { customerId } = input;
  if (plan.funding === "balance") {
    payFromBalanceNow(decision, { id: input.paymentId, origin: input.origin, currency }, plan.shares);
    decision.tell("payment.succeeded", { paymentId: input.paymentId });
    write(tx, customerId, decision);
    return { kind: "paid", decision, plan, currency };
  }
  if (!payer?.stripeCustomerId) return { kind: "unknown_to_stripe" };
  const { stripeCustomerId, locale } = payer;
  storeExternal(world, input, decision, { plan, currency, invoices, way, stripeCustomerId, locale });
  write(tx, customerId, decision);
  return { kind: "stored" };
}

interface External {
  plan: PaymentPlan;
  currency: Currency;
  invoices: InvoiceRecord[];
  way: KnownWay;
  stripeCustomerId: string;
  locale: string;
}

function storeExternal(world: World, input: StartInput, decision: Decision, external: External): void {
  const { plan, currency } = external;
  const { paymentId } = input;
  const numbers = external.invoices.map((invoice) => invoice.number);
  addExternalPayment(world, decision, {
    id: paymentId,
    kind: "invoices",
    origin: input.origin,
    currency,
    amounts: plan,
    contentHash: hashOf(input),
    way: external.way,
    stripeCustomerId: external.stripeCustomerId,
    locale: external.locale,
    description:
      numbers.length > 3 ? `${numbers.slice(0, 3).join(", ")} +${numbers.length - 3}` : numbers.join(", "),
  });
  const book = decision.book(currency);
  for (const share of plan.shares) {
    const { invoiceId, balanceMinor, cardMinor } = share;
    decision.changes.payment_shares.push({
      payment_id: paymentId,
      invoice_id: invoiceId,
      balance_minor: balanceMinor,
      card_minor: cardMinor,
      bank_minor: 0n,
    });
    decision.changes.claimsAdded.push({
      payment_id: paymentId,
      invoice_id: invoiceId,
      is_issued_for_it: input.issuedForIt?.includes(invoiceId) ?? false,
    });
    if (balanceMinor > 0n) book.hold({ paymentId, invoiceId, amountMinor: balanceMinor });
    decision.record({
      subject: "invoice",
      subjectId: invoiceId,
      verb: "payment_started",
      detail: { paymentId },
    });
  }
}

function hashOf(input: StartInput): string {
  return contentHash({ kind: "invoices", invoiceIds: input.invoiceIds, way: input.way, ...input.shown });
}

function refusalOf(input: StartInput, invoices: readonly InvoiceRecord[]): StartRefusal | null {
  if (invoices.length === 0 || invoices.length !== input.invoiceIds.length)
    return { code: "invoice_not_found" };
  const closed = invoices.find((invoice) => invoice.state !== "open");
  if (closed) return { code: "invoice_not_open", number: closed.number, state: closed.state };
  if (new Set(invoices.map((invoice) => invoice.currency)).size > 1) return { code: "currencies_differ" };
  return null;
}

/** Earlier terms of the same services are paid with a later one; looked for only where a term does not follow. */
async function earlierUnpaid(
  tx: Transaction,
  input: StartInput,
  decision: Decision,
): Promise<InvoiceRecord[]> {
  const leavesGap = input.invoiceIds.some((id) =>
    decision.linesOf(id).some((line) => {
      const expiresAt = decision.service(line.serviceId)?.expiresAt;
      return line.kind === "renewal" && expiresAt && line.termStartsAt && line.termStartsAt > expiresAt;
    }),
  );
  if (!leavesGap) return [];
  const ids = await earlierOpenInvoices(tx.sql, input.customerId, input.invoiceIds);
  const [invoices, read] = await Promise.all([
    lockInvoices(tx.sql, input.customerId, ids),
    lockLines(tx.sql, input.customerId, ids),
  ]);
  decision.see({ invoices, ...read });
  return invoices;
}

/** Checked in the order in which they would be paid, each over what those before it bring. */
function firstNotPayable(decision: Decision, invoices: readonly InvoiceRecord[]): InvoiceRecord | null {
  const trial = decision.trial();
  for (const invoice of invoices) {
    if (!trial.complete(invoice.id)) return invoice;
  }
  return null;
}

function decisionOf(
  world: World,
  input: StartInput,
  balances: ConstructorParameters<typeof Decision>[1],
): Decision {
  return new Decision(
    {
      customerId: input.customerId,
      now: world.clock.now(),
      clock: world.clock,
      timeZone: world.timeZone,
      actor: "customer",
      userId: input.userId,
    },
    balances,
  );
}

function inOrder(invoices: readonly InvoiceRecord[]): InvoiceRecord[] {
  return [...invoices].sort(byDue);
}

function differs(plan: PaymentPlan, shown: StartInput["shown"]): boolean {
  return (
    plan.balanceMinor !== shown.balanceMinor ||
    plan.cardMinor !== shown.cardMinor ||
    plan.excessMinor !== shown.excessMinor
  );
}

function refused(refusal: StartRefusal): Started {
  return { kind: "refused", refusal };
}
