import { bulkStatement } from "@/db/bulk-statement";
import type { Database, ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import {
  type CustomerId,
  type InvoiceId,
  newId,
  type PaymentId,
  type PlanId,
  type ServiceId,
  type UserId,
  uuidv7,
} from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { LockedBalance } from "@/lib/ledger/book";
import { Decision } from "../decision";
import { creditPaid } from "../invoice/credit-paid";
import { decideVoid } from "../invoice/decide-void";
import { priceInvoice } from "../invoice/draft";
import {
  type BillTo,
  bookIssued,
  type Issued,
  isFree,
  issuedAs,
  issuedParts,
  linesOf,
  recordOf,
} from "../invoice/issued-invoice";
import {
  numberCreditNotes,
  numberInvoices,
  prepareSeries,
  type Series,
  seriesOf,
} from "../invoice/number-invoices";
import { taxRuleIn, taxRuleSql } from "../invoice/tax-rule";
import { payFromBalanceNow } from "../payment/balance-payment";
import { payDebt, readDebt } from "../payment/debt";
import { keepFreedMoney } from "../payment/freed-money";
import { seeInvoices, settleWhatWaits } from "../payment/settle-what-waits";
import { moneyOn } from "../payment/void-invoice";
import { lockBalances, openHolds } from "../scene";
import type { World } from "../world";
import {
  type DecidedPlanChange,
  decidePlanChange,
  type PlanChangeRefusal,
  type PlanChangeWay,
} from "./decide-plan-change";
import { type PlanChangeScene, readPlanChange } from "./plan-change-scene";

export interface PlanChangeInput {
  customerId: CustomerId;
  serviceId: ServiceId;
  planId: PlanId;
  way: PlanChangeWay;
  actor: "customer" | "staff";
  userId: UserId;
  permit: (sql: ReservedSql) => Promise<boolean>;
  /** What was agreed to: charged less credited now, in minor units. Refused if it is another sum by now. */
  agreedMinor: bigint;
}

export type PlanChanged =
  | { kind: "refused"; refusal: PlanChangeRefusal }
  /** Payments under way on the unpaid renewals: to be closed at Stripe first. */
  | { kind: "claimed"; by: PaymentId[] }
  | { kind: "changed"; decided: DecidedPlanChange; paid: number };

/**
 * Changes the plan of a service, from its next unpaid term or at once with proration. What the new plan costs more for
 * the rest of what is paid is paid from the balance in the same transaction (else refused: nothing is ever half changed),
 * what it costs less is credited and goes to the balance, as money arriving. Unpaid renewals are voided and issued anew,
 * with their due dates (domain.md, Renewing). Locks: balance, invoices, service.
 */
export async function changePlanUnclaimed(
  world: World,
  database: Database,
  input: PlanChangeInput,
): Promise<PlanChanged> {
  const { customerId } = input;
  const now = world.clock.now();
  const series = [seriesOf(now, world.timeZone, "CN"), seriesOf(now, world.timeZone)] as const;
  for (const one of series) await transact(database, { customerId }, ({ sql }) => prepareSeries(sql, one));
  return transact(database, { customerId }, (tx) => changeLocked(world, input, tx, now, series));
}

async function changeLocked(
  world: World,
  input: PlanChangeInput,
  tx: Transaction,
  now: Date,
  series: readonly [Series, Series],
): Promise<PlanChanged> {
  const { customerId, serviceId } = input;
  const { sql } = tx;
  const [isPermitted, balances] = await Promise.all([input.permit(sql), lockBalances(sql, customerId)]);
  if (!isPermitted) return refused({ code: "not_allowed" });
  const seen = await readPlanChange(sql, input, now);
  if (!seen) return refused({ code: "service_not_found" });
  const decision = decisionOf(world, input, now, balances);
  await seeInvoices(tx, decision, idsOf(seen));
  await sql`select from services where customer_id = ${customerId} and id = ${serviceId} for update`;
  // What happened before the locks were there is seen now; it must be about the same invoices.
  const scene = await readPlanChange(sql, input, now);
  if (!scene || idsOf(scene).join() !== idsOf(seen).join()) return refused({ code: "plan_change_differs" });

  const answer = decidePlanChange(scene, input.way, now, world.timeZone);
  if (!answer.ok) return refused(answer.refusal);
  const { decided } = answer;
  const claims = new Set(scene.open.flatMap(({ invoiceId }) => decision.invoice(invoiceId)?.claimedBy ?? []));
  const givenMinor = decided.creditedMinor - decided.keptMinor;
  if (decided.chargedMinor - givenMinor !== input.agreedMinor) {
    return refused({ code: "plan_change_differs" });
  }
  const { currency } = scene.service;
  // What is given back pays debt before it pays the bill.
  const debtMinor = await readDebt(sql, customerId, currency);
  // A payment in the way is only closed where all else allows the change; what it holds is free then.
  const holds = claims.size > 0 ? await openHolds(sql, customerId, [...claims]) : [];
  const heldMinor = holds.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  const availableMinor = decision.book(currency).availableMinor + heldMinor + givenMinor - debtMinor;
  const shortMinor = decided.chargedMinor - availableMinor;
  if (decided.chargedMinor > 0n && shortMinor > 0n) {
    return refused({ code: "balance_too_low", shortBy: money(shortMinor, currency) });
  }
  if (claims.size > 0) return { kind: "claimed", by: [...claims] };
  return write(world, input, tx, decision, { scene, decided, debtMinor }, series);
}

interface Change {
  scene: PlanChangeScene;
  decided: DecidedPlanChange;
}

interface Agreed extends Change {
  /** What the customer owes beside it. Minor units. */
  debtMinor: bigint;
}

async function write(
  world: World,
  input: PlanChangeInput,
  tx: Transaction,
  decision: Decision,
  { scene, decided, debtMinor }: Agreed,
  [creditSeries, invoiceSeries]: readonly [Series, Series],
): Promise<PlanChanged> {
  const { customerId } = input;
  const { currency } = scene.service;
  const paidBefore = decision.invoicesPaid.length;
  const notes = [
    ...(await creditWhatIsLess(tx, decision, { scene, decided })),
    ...(await voidRenewals(tx, decision, { scene, decided })),
  ];
  await keepFreedMoney(tx, decision);
  const issued = await issue(world, tx, decision, decided);
  // Before anything is paid: a renewal that is settled here is of the new plan.
  await renameService(tx, input, { scene, decided });
  const [bill] = decided.invoice ? issued : [];
  await addChanges(tx, input, decision, { scene, decided }, bill?.id ?? null);
  if (bill) {
    const origin = input.actor;
    const share = { invoiceId: bill.id, balanceMinor: bill.total.minor, cardMinor: 0n };
    const paymentId = newId<PaymentId>(world.clock);
    payDebt(decision, currency, debtMinor);
    payFromBalanceNow(decision, { id: paymentId, origin, currency }, [share]);
    decision.tell("payment.succeeded", { paymentId });
  }
  for (const one of issued) if (isFree(one)) decision.finishFree(one.id, true);
  await settleWhatWaits(tx, decision, currency);
  if (notes.length > 0) tx.write(numberCreditNotes(tx.sql, creditSeries.key, notes));
  const numbered = issued.map(({ id }) => ({ customerId, id }));
  if (numbered.length > 0) tx.write(numberInvoices(tx.sql, invoiceSeries.key, numbered));
  return { kind: "changed", decided, paid: decision.invoicesPaid.length - paidBefore };
}

async function creditWhatIsLess(tx: Transaction, decision: Decision, { scene, decided }: Change) {
  const { customerId } = decision.context;
  const ids = decided.credits.map(({ invoiceId }) => invoiceId);
  const lying = await moneyOn(tx.sql, customerId, ids);
  const note = `${scene.from.name} → ${scene.to.name}`;
  return decided.credits.map((credit) => ({
    customerId,
    id: creditPaid(
      decision,
      credit.invoiceId,
      { ...credit, note },
      lying.filter(({ invoiceId }) => invoiceId === credit.invoiceId),
    ),
  }));
}

async function voidRenewals(tx: Transaction, decision: Decision, { scene, decided }: Change) {
  const { customerId } = decision.context;
  const ids = decided.reissued.map(({ old }) => old.invoiceId);
  const lying = await moneyOn(tx.sql, customerId, ids);
  const note = `${scene.from.name} → ${scene.to.name}`;
  return decided.reissued.map(({ old }) => ({
    customerId,
    id: decideVoid(
      decision,
      old.invoiceId,
      { reason: "changed", note, netMinor: old.netMinor, taxMinor: old.taxMinor, renewals: "kept" },
      lying.filter(({ invoiceId }) => invoiceId === old.invoiceId),
    ),
  }));
}

/** The bill of the change first, then the renewals; their rows are there before anything is laid on them. */
async function issue(
  world: World,
  tx: Transaction,
  decision: Decision,
  decided: DecidedPlanChange,
): Promise<Issued[]> {
  const drafts = [
    ...(decided.invoice ? [decided.invoice] : []),
    ...decided.reissued.map(({ draft }) => draft),
  ];
  if (drafts.length === 0) return [];
  const { customerId, now } = decision.context;
  const [customer] = await tx.sql`
    select name, email, country, address, tax_id, ${taxRuleSql(tx.sql)} as tax_rule
    from customers c where id = ${customerId}`;
  if (!customer) throw new Error("a service is of a customer");
  const { name, email, country, address, tax_id: taxId } = customer;
  const billTo: BillTo = { name, email, country, address, taxId };
  const issued = drafts.map((draft) => ({
    ...priceInvoice(draft, taxRuleIn(customer.tax_rule), { clock: world.clock, now }),
    id: newId<InvoiceId>(world.clock),
  }));
  await bulkStatement(tx.sql, issuedParts(issued.map((one) => issuedAs(customerId, one, billTo, now))));
  for (const one of issued) bookIssued(decision, one);
  const renewals = issued.filter(({ origin }) => origin === "renewal");
  await Promise.all(
    renewals.map((one, index) => {
      const old = decided.reissued[index]?.old;
      return tx.sql`
        update renewals set invoice_id = ${one.id}
        where customer_id = ${customerId} and id = ${old?.renewalId ?? null} and state = 'invoiced'`;
    }),
  );
  const services = [...new Set(issued.flatMap((one) => linesOf(one).map(({ serviceId }) => serviceId)))];
  decision.see({
    invoices: issued.map(recordOf),
    lines: issued.flatMap(linesOf),
    services: services.flatMap((id) => decision.service(id) ?? []),
  });
  return issued;
}

async function renameService(tx: Transaction, input: PlanChangeInput, { scene, decided }: Change) {
  const { customerId, serviceId } = input;
  const isBack = scene.to.id === scene.from.id;
  if (decided.way === "at_once") {
    await tx.sql`
      update services set plan_id = ${scene.to.id}, next_plan_id = null, next_plan_at = null
      where customer_id = ${customerId} and id = ${serviceId}`;
    return;
  }
  await tx.sql`
    update services set next_plan_id = ${isBack ? null : scene.to.id},
      next_plan_at = ${isBack ? null : decided.startsAt}
    where customer_id = ${customerId} and id = ${serviceId}`;
}

/** What was changed of which term, and who wanted it. */
async function addChanges(
  tx: Transaction,
  input: PlanChangeInput,
  decision: Decision,
  { scene, decided }: Change,
  billId: InvoiceId | null,
): Promise<void> {
  const { customerId, serviceId, userId } = input;
  const { clock, now } = decision.context;
  const rows = decided.changes.map((change) => ({
    customer_id: customerId,
    id: uuidv7(clock),
    service_id: serviceId,
    term_id: change.term.termId,
    from_plan_id: scene.from.id,
    to_plan_id: scene.to.id,
    currency: scene.service.currency,
    old_net_minor: change.term.oldNetMinor.toString(),
    new_net_minor: change.term.newNetMinor.toString(),
    remaining_days: change.remainingDays,
    term_days: change.termDays,
    credited_minor: change.credited.minor.toString(),
    charged_minor: change.charged.minor.toString(),
    invoice_id: decided.billedTerms.has(change.term.termId) ? billId : null,
    user_id: userId,
    created_at: now,
  }));
  if (rows.length > 0) await tx.sql`insert into plan_changes ${tx.sql(rows)}`;
  const detail = { from: scene.from.name, to: scene.to.name, startsAt: decided.startsAt.toISOString() };
  const verb = decided.way === "at_once" ? "plan_changed" : "plan_change_planned";
  decision.record({ subject: "service", subjectId: serviceId, verb, detail });
  if (decided.way === "at_once") {
    decision.tell("service.plan_changed", { serviceId, planId: scene.to.id });
  }
}

/** The invoices that a change may touch, in the order of their locks. */
function idsOf(scene: PlanChangeScene): InvoiceId[] {
  const ids = [
    ...scene.open.map(({ invoiceId }) => invoiceId),
    ...scene.terms.flatMap(({ sources }) => sources.map(({ invoiceId }) => invoiceId)),
  ];
  return [...new Set(ids)].sort();
}

function decisionOf(
  world: World,
  { customerId, actor, userId }: PlanChangeInput,
  now: Date,
  balances: readonly LockedBalance[],
): Decision {
  const { clock, timeZone } = world;
  return new Decision({ customerId, now, clock, timeZone, actor, userId }, balances);
}

function refused(refusal: PlanChangeRefusal): PlanChanged {
  return { kind: "refused", refusal };
}
