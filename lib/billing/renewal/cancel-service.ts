import type { Database, ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { CustomerId, InvoiceId, PaymentId, ServiceId, UserId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { numberCreditNotes, prepareSeries, seriesOf } from "../invoice/number-invoices";
import { closePayment } from "../payment/close-payment";
import { seeInvoices, settleWhatWaits } from "../payment/settle-what-waits";
import { isFinal } from "../payment/states";
import { decideVoids } from "../payment/void-issued-for-it";
import { lockBalances } from "../scene";
import type { ServiceState } from "../service/states";
import type { World } from "../world";

export interface CancelServiceInput {
  customerId: CustomerId;
  userId: UserId;
  serviceId: ServiceId;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type CancelServiceRefusal =
  | { code: "not_allowed" }
  | { code: "service_not_found" }
  /** It has ended, or has not begun: there is no term at whose end it could be cancelled. */
  | { code: "service_not_running"; state: ServiceState }
  /** The term that its open invoice is for has begun: that one is for staff to cancel. */
  | { code: "term_begun"; number: string }
  /** Stripe cannot say yet what becomes of the payment under way. */
  | { code: "payment_in_progress"; paymentId: PaymentId };

export type ServiceCancelled =
  | { kind: "refused"; refusal: CancelServiceRefusal }
  /** The day it ends, and the numbers of open renewals that were voided with it. */
  | { kind: "cancelled"; endsAt: Date; voided: string[] };

/**
 * Ends a service with its last paid term, on the customer's wish (domain.md, States): it is not renewed any more, and its
 * open renewals are voided as "Cancelling" has it. A payment under way on one of them is closed at Stripe first; if it was
 * paid meanwhile, that wins, and the service ends with that term. Cancelled already, it stays so.
 */
export async function cancelService(world: World, input: CancelServiceInput): Promise<ServiceCancelled> {
  const scope = { customerId: input.customerId, userId: input.userId };
  for (let isSecond = false; ; isSecond = true) {
    const done = await transact(world.app, scope, (tx) => cancelIn(world, tx, input));
    if (done.kind !== "claimed") return done;
    for (const paymentId of done.by) {
      const closed = isSecond ? null : await closePayment(world, { customerId: input.customerId, paymentId });
      if (closed?.kind !== "settled" || !isFinal(closed.state)) {
        return refused({ code: "payment_in_progress", paymentId });
      }
    }
  }
}

async function cancelIn(
  world: World,
  tx: Transaction,
  { customerId, userId, serviceId, permit }: CancelServiceInput,
): Promise<ServiceCancelled | { kind: "claimed"; by: PaymentId[] }> {
  const { sql } = tx;
  const now = world.clock.now();
  const [isPermitted, balances, [service], open] = await Promise.all([
    permit(sql),
    lockBalances(sql, customerId),
    sql`
      select state, currency, expires_at, cancel_requested_at from services
      where customer_id = ${customerId} and id = ${serviceId}`,
    openRenewals(sql, customerId, serviceId),
  ]);
  if (!isPermitted) return refused({ code: "not_allowed" });
  if (!service) return refused({ code: "service_not_found" });
  const { state, expires_at: endsAt } = service;
  if (state !== "active" && state !== "suspended") return refused({ code: "service_not_running", state });
  if (service.cancel_requested_at) return { kind: "cancelled", endsAt, voided: [] };
  const begun = open.find(({ startsAt }) => startsAt <= now);
  if (begun) return refused({ code: "term_begun", number: begun.number });
  const { clock, timeZone } = world;
  const context = { customerId, now, clock, timeZone, actor: "customer" as const, userId };
  const decision = new Decision(context, balances);
  const ids = open.map(({ id }) => id);
  await seeInvoices(tx, decision, ids);
  const claims = [...new Set(ids.flatMap((id) => decision.invoice(id)?.claimedBy ?? []))];
  if (claims.length > 0) return { kind: "claimed", by: claims };

  await sql`
    update services set cancel_requested_at = ${now}
    where customer_id = ${customerId} and id = ${serviceId} and state = ${state}`;
  decision.record({ subject: "service", subjectId: serviceId, verb: "service_cancel_requested" });
  decision.tell("service.cancel_requested", { serviceId, endsAt: endsAt.toISOString() });
  const series = seriesOf(now, timeZone, "CN");
  if (ids.length > 0) await prepareSeries(sql, series);
  const notes = await decideVoids(tx, decision, ids);
  await settleWhatWaits(tx, decision, service.currency);
  if (notes.length > 0) tx.write(numberCreditNotes(sql, series.key, notes));
  return { kind: "cancelled", endsAt, voided: open.map(({ number }) => number) };
}

export type KeepServiceRefusal = Extract<
  CancelServiceRefusal,
  { code: "not_allowed" | "service_not_found" | "service_not_running" }
>;

export type ServiceKept = { kind: "refused"; refusal: KeepServiceRefusal } | { kind: "kept" };

/** What its customer reads where staff took the end back; staff read of the same act with its reason. */
export const keptByHost = "service_kept_by_host";

export interface KeepServiceInput extends CancelServiceInput {
  /** Of staff who take it back: why, which stays between them. Absent: its customer does. */
  byStaff?: { reason: string };
}

/** Takes a cancellation back, until the service has ended: it goes on as before, and its next term is billed in its time. */
export function keepService(world: World, database: Database, input: KeepServiceInput): Promise<ServiceKept> {
  const { customerId, userId, serviceId, byStaff } = input;
  const scope = byStaff ? { customerId } : { customerId, userId };
  return transact(database, scope, async (tx): Promise<ServiceKept> => {
    const { sql } = tx;
    const [isPermitted, balances, [service]] = await Promise.all([
      input.permit(sql),
      lockBalances(sql, customerId),
      sql`
        select state, currency, cancel_requested_at from services
        where customer_id = ${customerId} and id = ${serviceId} for update`,
    ]);
    if (!isPermitted) return { kind: "refused", refusal: { code: "not_allowed" } };
    if (!service) return { kind: "refused", refusal: { code: "service_not_found" } };
    const { state } = service;
    if (state !== "active" && state !== "suspended") {
      return { kind: "refused", refusal: { code: "service_not_running", state } };
    }
    if (!service.cancel_requested_at) return { kind: "kept" };
    await sql`
      update services set cancel_requested_at = null where customer_id = ${customerId} and id = ${serviceId}`;
    const { clock, timeZone } = world;
    const actor = byStaff ? ("staff" as const) : ("customer" as const);
    const decision = new Decision({ customerId, now: clock.now(), clock, timeZone, actor, userId }, balances);
    const subject = { subject: "service", subjectId: serviceId } as const;
    decision.record({ ...subject, verb: byStaff ? keptByHost : "service_kept" });
    if (byStaff) {
      decision.record({
        ...subject,
        verb: "service_end_taken_back",
        detail: { ...byStaff },
        isVisible: false,
      });
    }
    decision.tell("service.kept", { serviceId });
    await settleWhatWaits(tx, decision, service.currency);
    return { kind: "kept" };
  });
}

/** Open invoices of terms after the last paid one, the first term first. */
async function openRenewals(
  sql: ReservedSql,
  customerId: CustomerId,
  serviceId: ServiceId,
): Promise<{ id: InvoiceId; number: string; startsAt: Date }[]> {
  const rows = await sql`
    select i.id, i.number, r.term_starts_at from renewals r
    join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id and i.state = 'open'
    where r.customer_id = ${customerId} and r.service_id = ${serviceId} and r.state = 'invoiced'
    order by r.term_starts_at`;
  return rows.map((row) => ({ id: row.id, number: row.number, startsAt: row.term_starts_at }));
}

function refused(refusal: CancelServiceRefusal): { kind: "refused"; refusal: CancelServiceRefusal } {
  return { kind: "refused", refusal };
}
