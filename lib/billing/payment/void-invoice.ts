import type { Database, ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { CustomerId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { Decision } from "../decision";
import { decideVoid, type MoneyOnInvoice, type VoidWish } from "../invoice/decide-void";
import { numberCreditNotes, prepareSeries, seriesOf } from "../invoice/number-invoices";
import type { InvoiceState } from "../invoice/states";
import { type InvoiceRecord, type LineRecord, lockBalances, lockInvoices, lockLines } from "../scene";
import type { World } from "../world";
import { settleWhatWaits } from "./settle-what-waits";

export interface VoidInput {
  customerId: CustomerId;
  invoiceId: InvoiceId;
  actor: "customer" | "staff" | "system";
  userId: string | null;
  reason: VoidWish["reason"];
  note: string;
  /** Of a renewal that staff cancel, what becomes of its term; if not said, it is billed again. */
  term?: TermAfterVoid;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

/** The run issues it anew, grace as always; or the service ends with its paid term (domain.md, A3). */
export type TermAfterVoid = "bill_again" | "end_service";

export type VoidRefusal =
  | { code: "not_allowed" }
  | { code: "invoice_not_found" }
  | { code: "invoice_not_open"; number: string; state: InvoiceState }
  /** A customer cancels orders, and renewals whose term has not begun; the rest is for staff. */
  | { code: "cancel_is_for_staff"; number: string }
  /** A later term of the same service is paid: voiding this one would leave a gap. */
  | { code: "later_term_paid"; number: string };

export type Voided =
  | { kind: "refused"; refusal: VoidRefusal }
  | { kind: "claimed"; by: PaymentId[] }
  /** `also`: later open renewals of the same services. `returnedMinor` went back to the balance. */
  | {
      kind: "voided";
      number: string;
      also: string[];
      returnedMinor: bigint;
      currency: Currency;
      isRenewal: boolean;
      /** By staff's wish. */
      ending: EndingService[];
    };

/**
 * Voids an open invoice, and with a renewal the service's later open ones (domain.md, Cancelling). An open payment in
 * the way is named, to be closed at Stripe first. One transaction; the credit notes' numbers last.
 */
export async function voidInvoice(world: World, database: Database, input: VoidInput): Promise<Voided> {
  const series = seriesOf(world.clock.now(), world.timeZone, "CN");
  await transact(database, { customerId: input.customerId }, ({ sql }) => prepareSeries(sql, series));
  return transact(database, { customerId: input.customerId }, (tx) =>
    voidLocked(world, input, tx, series.key),
  );
}

async function voidLocked(world: World, input: VoidInput, tx: Transaction, series: string): Promise<Voided> {
  const { customerId, invoiceId } = input;
  const { sql } = tx;
  const [isPermitted, balances] = await Promise.all([input.permit(sql), lockBalances(sql, customerId)]);
  if (!isPermitted) return refused({ code: "not_allowed" });
  const later = await laterInvoices(sql, customerId, invoiceId);
  const ids = [invoiceId, ...later.filter(({ state }) => state === "open").map(({ id }) => id)];
  const [invoices, read, prices, moneyOnThem] = await Promise.all([
    lockInvoices(sql, customerId, ids),
    lockLines(sql, customerId, ids),
    sql`select id, net_minor, tax_minor from invoices
      where customer_id = ${customerId} and id = any(${ids}::uuid[])`,
    moneyOn(sql, customerId, ids),
  ]);
  const invoice = invoices.find(({ id }) => id === invoiceId);
  const refusal = refusalOf(world, input, invoice, read.lines, later);
  if (refusal) return refused(refusal);
  const claims = [...new Set(invoices.flatMap(({ claimedBy }) => claimedBy ?? []))];
  if (claims.length > 0) return { kind: "claimed", by: claims };

  const { clock, timeZone } = world;
  const context = { customerId, now: clock.now(), clock, timeZone, actor: input.actor, userId: input.userId };
  const decision = new Decision(context, balances);
  decision.see({ invoices, ...read });
  const notes = ids.map((id) => {
    const price = prices.find((row) => row.id === id);
    const wish = {
      reason: input.reason,
      note: input.note,
      netMinor: price?.net_minor,
      taxMinor: price?.tax_minor,
      // Only a customer's own cancelling declines.
      renewals: input.actor === "customer" ? ("declined" as const) : ("due" as const),
    };
    const moneyOnIt = moneyOnThem.filter((money) => money.invoiceId === id);
    return { customerId, id: decideVoid(decision, id, wish, moneyOnIt) };
  });
  const isEnding = input.actor === "staff" && input.term === "end_service";
  const ending = isEnding ? await endServices(tx, decision, invoiceId, input.note) : [];
  if (input.actor === "staff") {
    // Billed again, it gets a new due day.
    tx.write(sql`
      update renewals r set due_on = null from invoice_lines l
      where l.customer_id = ${customerId} and l.invoice_id = any(${ids}::uuid[])
        and r.customer_id = l.customer_id and r.id = l.renewal_id`);
  }
  const currency = (invoice as InvoiceRecord).currency;
  const { number, origin } = invoice as InvoiceRecord;
  const also = invoices.filter(({ id }) => id !== invoiceId).map((one) => one.number);
  if (input.actor === "staff") {
    const isBilledAgain = origin === "renewal" && !isEnding;
    const told: VoidedByHost = { numbers: [number, ...also], isBilledAgain, ending };
    decision.tell("invoice.voided_by_host", { told: JSON.stringify(told) });
  }
  await settleWhatWaits(tx, decision, currency);
  tx.write(numberCreditNotes(sql, series, notes));
  return {
    kind: "voided",
    number,
    also,
    returnedMinor: moneyOnThem.reduce((total, money) => total + money.amountMinor, -decision.keptMinor),
    currency,
    isRenewal: origin === "renewal",
    ending,
  };
}

/** What the customer is told of invoices that staff canceled in one act; in the outbox as JSON. */
export interface VoidedByHost {
  numbers: string[];
  isBilledAgain: boolean;
  ending: EndingService[];
}

/** A service that ends with its paid term, and when. */
export interface EndingService {
  label: string;
  endsAt: Date;
  /** Its paid term is over already: it ends with the worker's next pass. */
  isOver: boolean;
}

/** What its customer reads of an end that staff set; staff read of the same act with its reason. */
export const endedByHost = "service_ends_by_host";

/**
 * The services that the invoice renews end with their paid terms, as if their customer had cancelled them. Recorded twice, since
 * the reason is between staff.
 */
async function endServices(
  tx: Transaction,
  decision: Decision,
  invoiceId: InvoiceId,
  reason: string,
): Promise<EndingService[]> {
  const { customerId, now } = decision.context;
  const ids = decision
    .linesOf(invoiceId)
    .flatMap(({ kind, serviceId }) => (kind === "renewal" ? serviceId : []));
  const ending = await tx.sql`
    update services set cancel_requested_at = ${now}
    where customer_id = ${customerId} and id = any(${ids}::uuid[]) and state in ('active', 'suspended')
      and cancel_requested_at is null returning id, label, expires_at`;
  return ending.map((row) => {
    const endsAt = row.expires_at.toISOString();
    const service = { subject: "service", subjectId: row.id } as const;
    decision.record({ ...service, verb: endedByHost, detail: { endsAt } });
    decision.record({ ...service, verb: "service_end_set", detail: { endsAt, reason }, isVisible: false });
    decision.tell("service.cancel_requested", { serviceId: row.id, endsAt });
    return { label: row.label, endsAt: row.expires_at, isOver: row.expires_at <= now };
  });
}

function refusalOf(
  world: World,
  input: VoidInput,
  invoice: InvoiceRecord | undefined,
  lines: readonly LineRecord[],
  later: readonly LaterInvoice[],
): VoidRefusal | null {
  if (!invoice) return { code: "invoice_not_found" };
  const { number, state, origin } = invoice;
  if (state !== "open") return { code: "invoice_not_open", number, state };
  const paid = later.find((one) => one.state === "paid");
  if (paid) return { code: "later_term_paid", number: paid.number };
  if (input.actor !== "customer") return null;
  const own = lines.filter((line) => line.invoiceId === invoice.id);
  return isForStaffToCancel(origin, own, world.clock.now()) ? { code: "cancel_is_for_staff", number } : null;
}

/** Invoices by hand, and renewals whose term has begun, are not the customer's to cancel (domain.md, Cancelling). */
export function isForStaffToCancel(
  origin: string,
  lines: readonly { kind: string; termStartsAt: Date | null }[],
  now: Date,
): boolean {
  const hasBegun = lines.some(
    ({ kind, termStartsAt }) => kind === "renewal" && termStartsAt !== null && termStartsAt <= now,
  );
  return origin === "manual" || hasBegun;
}

export interface LaterInvoice {
  id: InvoiceId;
  number: string;
  state: InvoiceState;
}

/** Invoices of later terms of the services that this one renews, open or paid. */
export async function laterInvoices(
  sql: ReservedSql,
  customerId: CustomerId,
  id: InvoiceId,
): Promise<LaterInvoice[]> {
  const rows = await sql`
    select distinct i.id, i.number, i.state from invoice_lines l
    join invoice_lines n on n.customer_id = l.customer_id and n.service_id = l.service_id and n.kind = 'renewal'
      and n.term_starts_at > l.term_starts_at
    join invoices i on i.customer_id = n.customer_id and i.id = n.invoice_id and i.state in ('open', 'paid')
    where l.customer_id = ${customerId} and l.invoice_id = ${id} and l.kind = 'renewal' order by i.id`;
  return rows.map((row) => ({ id: row.id, number: row.number, state: row.state }));
}

/**
 * What of which payment lies on the invoices, net of what was taken back. A card's money whose bank took it back comes first:
 * what is freed is freed of it first (domain.md, A18).
 */
export async function moneyOn(
  sql: ReservedSql,
  customerId: CustomerId,
  ids: readonly InvoiceId[],
): Promise<MoneyOnInvoice[]> {
  const rows = await sql`
    select a.invoice_id, a.payment_id, a.source, sum(a.amount_minor)::bigint as amount_minor,
      (array_agg(t.charge_id) filter (where t.charge_id is not null))[1] as charge_id
    from allocations a join transfers t on t.customer_id = a.customer_id and t.id = a.transfer_id
    where a.customer_id = ${customerId} and a.invoice_id = any(${[...ids]}::uuid[])
    group by a.customer_id, a.invoice_id, a.payment_id, a.source having sum(a.amount_minor) > 0
    order by (
      select min(case d.state when 'lost' then 0 when 'open' then 1 end) from charges c
      join disputes d on d.customer_id = c.customer_id and d.charge_id = c.id
      where a.source = 'card' and c.customer_id = a.customer_id and c.payment_id = a.payment_id
    ) nulls last, a.payment_id, a.source`;
  return rows.map((row) => ({
    invoiceId: row.invoice_id,
    paymentId: row.payment_id,
    source: row.source,
    amountMinor: row.amount_minor,
    chargeId: row.charge_id,
  }));
}

function refused(refusal: VoidRefusal): Voided {
  return { kind: "refused", refusal };
}
