import { type Transaction, transact } from "@/db/transaction";
import { calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId, PaymentId, ServiceId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { decideVoid } from "../invoice/decide-void";
import { numberCreditNotes, prepareSeries, seriesOf } from "../invoice/number-invoices";
import { closePayment } from "../payment/close-payment";
import { payDebt, readDebt } from "../payment/debt";
import { keepFreedMoney } from "../payment/freed-money";
import { settle } from "../payment/settle";
import { seeInvoices, settleAndTell } from "../payment/settle-what-waits";
import { moneyOn } from "../payment/void-invoice";
import { write } from "../payment/write";
import { isNotParked, orPark } from "../renewal/park-customer";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { decideStop } from "./decide-stop";
import { lockNextTerms, type NextTerm, nextTerms } from "./next-terms";

/** What a pass has done, in services. */
export interface StopProgress {
  suspended: number;
  terminated: number;
  /** Their time has come, but a guard holds them: not announced yet, or something is under way that may pay. */
  waiting: number;
  parked: number;
}

/**
 * Suspends what was billed, is past grace and is not paid, or was declined and has expired; and terminates what has been
 * suspended for as long as its plan says, with its invoice void (domain.md, Renewing, "After due"). Before each there is a
 * last attempt to settle: Stripe is asked about what is under way, and the balance is tried. One transaction a customer, so
 * that it can be killed anywhere and run twice; one whose data is odd is parked for staff, and the others go on.
 */
export async function stopServices(world: World, customersMost = 200): Promise<StopProgress> {
  const progress: StopProgress = { suspended: 0, terminated: 0, waiting: 0, parked: 0 };
  let after: CustomerId | null = null;
  for (;;) {
    const due: Map<CustomerId, DueService[]> = await stoppable(world, after, customersMost);
    for (const [customerId, services] of due) {
      const stopped = await orPark(world, customerId, () => stopOne(world, customerId, services));
      if (stopped === "parked") {
        progress.parked += 1;
      } else {
        progress.suspended += stopped.suspended;
        progress.terminated += stopped.terminated;
        progress.waiting += stopped.waiting;
      }
      after = customerId;
    }
    if (due.size < customersMost) return progress;
  }
}

interface DueService {
  serviceId: ServiceId;
  isSuspended: boolean;
  /** The payments that claim its invoices. */
  claimedBy: PaymentId[];
}

/** Services that their dates say may be stopped; some hours too many, before the hour has come or where clocks were changed. */
async function stoppable(
  world: World,
  after: CustomerId | null,
  customersMost: number,
): Promise<Map<CustomerId, DueService[]>> {
  const now = world.clock.now();
  const today = calendarDay(now, world.timeZone);
  const soon = new Date(now.getTime() + 2 * 3_600_000);
  const { sql } = world.jobs;
  const rows = await sql`
    with due as materialized (
      select s.customer_id, s.id, s.state, s.expires_at from services s
      join customers c on c.id = s.customer_id and c.closed_at is null
      join plans p on p.id = s.plan_id
      join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
        and r.state in ('invoiced', 'declined')
      left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
      where s.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and s.state in ('active', 'suspended') and s.expires_at <= ${soon} and s.cancel_requested_at is null
        and (s.suspension_hold_until is null or s.suspension_hold_until <= ${soon})
        and case s.state
          when 'suspended' then s.suspended_at + make_interval(days => p.terminate_days) <= ${soon}
          else r.state = 'declined' or i.due_on + p.grace_days + r.own_grace_days < ${today}::date
        end
        and ${isNotParked(sql, "s.customer_id")}
    ), chosen as (
      select distinct customer_id from due order by customer_id limit ${customersMost}
    )
    select d.customer_id, d.id, d.state, array(
      select distinct k.payment_id from invoice_lines l
      join invoice_claims k on k.customer_id = l.customer_id and k.invoice_id = l.invoice_id
      where l.customer_id = d.customer_id and l.service_id = d.id) as claimed_by
    from due d join chosen using (customer_id) order by d.customer_id, d.id`;
  const due = new Map<CustomerId, DueService[]>();
  for (const row of rows) {
    const own = due.get(row.customer_id) ?? [];
    due.set(row.customer_id, own);
    own.push({
      serviceId: row.id,
      isSuspended: row.state === "suspended",
      claimedBy: row.claimed_by,
    });
  }
  return due;
}

async function stopOne(
  world: World,
  customerId: CustomerId,
  services: readonly DueService[],
): Promise<Omit<StopProgress, "parked">> {
  await askStripe(world, customerId, services);
  const series = seriesOf(world.clock.now(), world.timeZone, "CN");
  if (services.some(({ isSuspended }) => isSuspended)) {
    await transact(world.jobs, { customerId }, ({ sql }) => prepareSeries(sql, series));
  }
  return transact(world.jobs, { customerId }, (tx) =>
    stopLocked(world, tx, customerId, services, series.key),
  );
}

/** What is under way may have paid: it is looked at once more; where nothing else holds a termination, it is ended at Stripe. */
async function askStripe(
  world: World,
  customerId: CustomerId,
  services: readonly DueService[],
): Promise<void> {
  const claimed = services.filter(({ claimedBy }) => claimedBy.length > 0);
  if (claimed.length === 0) return;
  const terms = await nextTerms(
    world.jobs.sql,
    claimed.map(({ serviceId }) => ({ customerId, serviceId })),
  );
  for (const { serviceId, claimedBy } of claimed) {
    const facts = terms.find(({ service }) => service.id === serviceId)?.facts;
    const stop = facts && decideStop({ ...facts, paying: "nothing" }, world.clock.now(), world.timeZone);
    for (const paymentId of claimedBy) {
      const ref = { customerId, paymentId };
      await (stop?.act === "terminate" ? closePayment(world, ref) : settle(world, ref));
    }
  }
}

async function stopLocked(
  world: World,
  tx: Transaction,
  customerId: CustomerId,
  services: readonly DueService[],
  series: string,
): Promise<Omit<StopProgress, "parked">> {
  const { clock, timeZone } = world;
  const now = clock.now();
  const balances = await lockBalances(tx.sql, customerId);
  const context = { customerId, now, clock, timeZone, actor: "system" as const, userId: null };
  const decision = new Decision(context, balances);
  const open = await tx.sql`
    select id from invoices where customer_id = ${customerId} and state = 'open' and origin = 'renewal'`;
  await seeInvoices(
    tx,
    decision,
    open.map((row) => row.id as InvoiceId),
  );
  const terms = await lockNextTerms(
    tx.sql,
    services.map(({ serviceId }) => ({ customerId, serviceId })),
  );
  decision.see({ invoices: [], lines: [], services: terms.map(({ service }) => service) });
  for (const currency of new Set(terms.map((term) => term.currency))) settleAndTell(decision, currency);

  const count = { suspended: 0, terminated: 0, waiting: 0 };
  const notes: { customerId: CustomerId; id: string }[] = [];
  for (const term of terms) {
    if (wasPaid(decision, term)) continue;
    const stop = decideStop(term.facts, now, timeZone);
    if (stop.act === "wait") count.waiting += 1;
    if (stop.act === "defer") {
      count.waiting += 1;
      tx.write(tx.sql`
        update renewals set deferred_until = ${stop.until} where customer_id = ${customerId} and id = ${term.renewalId}`);
    }
    if (stop.act === "suspend") {
      suspend(decision, term);
      count.suspended += 1;
    }
    if (stop.act === "terminate") {
      const voided = await terminate(tx, decision, term);
      if (voided === null) count.waiting += 1;
      else {
        notes.push(...voided.map((id) => ({ customerId, id })));
        count.terminated += 1;
      }
    }
  }
  // What came back from a void invoice pays debt, and then may pay for a service that goes on.
  if (notes.length > 0) {
    await keepFreedMoney(tx, decision);
    for (const currency of new Set(terms.map((term) => term.currency))) {
      payDebt(decision, currency, await readDebt(tx.sql, customerId, currency));
      settleAndTell(decision, currency);
    }
  }
  write(tx, customerId, decision);
  if (notes.length > 0) tx.write(numberCreditNotes(tx.sql, series, notes));
  return count;
}

/** By the balance, in this very decision. */
function wasPaid(decision: Decision, { invoiceId }: NextTerm): boolean {
  return invoiceId !== null && decision.invoice(invoiceId)?.state === "paid";
}

function suspend(decision: Decision, { service, facts }: NextTerm): void {
  decision.changeService({ ...service, state: "suspended" });
  const reason = facts.renewal?.state === "declined" ? "declined" : "unpaid";
  decision.record({
    subject: "service",
    subjectId: service.id,
    verb: "service_suspended",
    detail: { reason },
  });
  decision.tell("service.suspended", { serviceId: service.id, reason });
}

/** Returns the credit notes of its invoices, all void; null while a payment claims one of them. */
async function terminate(tx: Transaction, decision: Decision, term: NextTerm): Promise<string[] | null> {
  const { customerId, service } = term;
  const invoices = decision
    .allInvoices()
    .filter(({ id, state }) => {
      const isOfIt = decision.linesOf(id).some((line) => line.serviceId === service.id);
      return state === "open" && isOfIt;
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (invoices.some(({ claimedBy }) => claimedBy !== null)) return null;
  const ids = invoices.map(({ id }) => id);
  const [prices, moneyOnThem] = await Promise.all([
    tx.sql`select id, net_minor, tax_minor from invoices where customer_id = ${customerId} and id = any(${ids}::uuid[])`,
    moneyOn(tx.sql, customerId, ids),
  ]);
  decision.changeService({ ...service, state: "terminated" });
  decision.record({ subject: "service", subjectId: service.id, verb: "service_terminated" });
  decision.tell("service.terminated", { serviceId: service.id });
  return ids.map((id) => {
    const price = prices.find((row) => row.id === id);
    const wish = {
      reason: "terminated" as const,
      renewals: "lapsed" as const,
      note: "",
      netMinor: price?.net_minor,
      taxMinor: price?.tax_minor,
    };
    return decideVoid(
      decision,
      id,
      wish,
      moneyOnThem.filter((money) => money.invoiceId === id),
    );
  });
}
