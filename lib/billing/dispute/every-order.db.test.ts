import { afterAll, beforeAll, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import type { Dispute, Refund } from "@/lib/gateway/port";
import {
  type ChargeId,
  type InvoiceId,
  newId,
  type PlanId,
  type RefundId,
  type ServiceId,
} from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { cancelService } from "@/lib/portal/cancel-service";
import { changePlan, showPlanChange } from "@/lib/portal/change-plan";
import { payFromBalance } from "@/lib/portal/pay";
import { startCard, startTopUp, succeed } from "@/lib/testing/busy-customer";
import {
  balancePlan,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { interleavings } from "@/lib/testing/permutations";
import type { TestWorld } from "@/lib/testing/world";
import { Decision } from "../decision";
import { creditPaid } from "../invoice/credit-paid";
import { numberCreditNotes, prepareSeries, seriesOf } from "../invoice/number-invoices";
import { seeInvoices, settleWhatWaits } from "../payment/settle-what-waits";
import { moneyOn } from "../payment/void-invoice";
import { settleRefund } from "../refund/settle-refund";
import { startRefund } from "../refund/start-refund";
import { lockBalances } from "../scene";
import { settleDispute } from "./settle-dispute";

let world: TestWorld;
let plans: { large: PlanId; small: PlanId };

beforeAll(async () => {
  world = await openOwnWorld({ max: 8 });
  plans = {
    large: await makePlan(world, { unit: "year", price: { USD: 12_000n } }),
    small: await makePlan(world, { unit: "year", price: { USD: 1_000n } }),
  };
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await world.close();
});

/** A customer whose only money is one charge, and what has happened to it. */
interface Victim {
  readonly customer: TestCustomer;
  readonly charge: { id: ChargeId; stripeChargeId: string; minor: bigint };
  /** What the charge paid; null where it topped the balance up. */
  readonly order: { invoiceId: InvoiceId; serviceId: ServiceId } | null;
  readonly disputedMinor: bigint;
  refund: { id: RefundId; minor: bigint } | null;
  dispute: Dispute | null;
  /** A second one about as much of the same charge, while the first may be open. */
  second: Dispute | null;
}

/** So many customers act at once; each step is taken by all before the books of all are checked. */
const atOnce = 6;

interface Course {
  readonly name: string;
  readonly begins: "order" | "top-up";
  readonly disputedMinor: bigint;
  readonly steps: readonly (readonly Step[])[];
}

const courses: readonly Course[] = [
  {
    name: "a refund that succeeds and fails, a lost dispute, a credit note",
    begins: "order",
    disputedMinor: 12_000n,
    steps: [[refund, refundSucceeds, refundFails], [open, lost], [credit]],
  },
  {
    name: "a refund that Stripe never had, a lost dispute, a credit note",
    begins: "order",
    disputedMinor: 12_000n,
    steps: [[refund, refundFails], [open, lost], [credit]],
  },
  {
    name: "a refund that Stripe never had, a lost dispute, a smaller plan",
    begins: "order",
    disputedMinor: 12_000n,
    steps: [[refund, refundFails], [open, lost], [downgrade]],
  },
  {
    name: "half of the charge lost and won on appeal, a credit note and a smaller plan",
    begins: "order",
    disputedMinor: 6_000n,
    steps: [[open, lost, appealWon], [credit], [downgrade]],
  },
  {
    name: "a dispute that is won, a smaller plan, a cancelled service",
    begins: "order",
    disputedMinor: 12_000n,
    steps: [[open, won], [downgrade], [cancel]],
  },
  {
    name: "a top-up refunded, disputed, lost and won on appeal, and its refund fails",
    begins: "top-up",
    disputedMinor: 5_000n,
    steps: [
      [refund, refundSucceeds, refundFails],
      [open, lost, appealWon],
    ],
  },
  {
    name: "a top-up that is spent, lost and won on appeal, and its refund comes to nothing",
    begins: "top-up",
    disputedMinor: 5_000n,
    steps: [[refund, refundFails], [open, lost, appealWon], [spend]],
  },
  {
    name: "two disputes of half the charge each, one won and one lost, a credit note",
    begins: "order",
    disputedMinor: 6_000n,
    steps: [[credit], [open, won], [openSecond, lostSecond]],
  },
  {
    name: "two disputes of half the charge each, both lost and one won on appeal, a credit note",
    begins: "order",
    disputedMinor: 6_000n,
    steps: [[credit], [open, lost], [openSecond, lostSecond, appealWonSecond]],
  },
  {
    name: "a top-up that is spent, and two disputes of half of it, one won and one lost",
    begins: "top-up",
    disputedMinor: 2_500n,
    steps: [[spend], [open, won], [openSecond, lostSecond]],
  },
];

for (const course of courses) {
  it(`${course.name}: in every order the customer has what they paid, and no more`, async () => {
    const orders = interleavings(course.steps);
    const victims = await together(orders, () => begin(course));
    const most = Math.max(...orders.map((order) => order.length));
    for (let at = 0; at < most; at += 1) {
      await together(orders, async (order, index) => {
        const victim = victims[index];
        if (victim) await order[at]?.(victim);
      });
      await expectBooksBalance(world);
      for (const [index, victim] of victims.entries()) {
        const taken = orders[index]?.slice(0, at + 1).map(({ name }) => name);
        await expectNoMoreThanPaid(victim, taken?.join(", ") ?? "");
      }
    }
  });
}

type Step = (victim: Victim) => Promise<unknown>;

async function begin({ begins, disputedMinor }: Course): Promise<Victim> {
  const customer = await makeCustomer(world);
  await world.staff.sql`
    update customers set stripe_customer_id = ${`cus_${customer.customerId}`} where id = ${customer.customerId}`;
  const minor = begins === "order" ? 12_000n : 5_000n;
  const made = begins === "order" ? await makeOrder(world, customer, plans.large) : null;
  const paymentId = made
    ? await startCard(world, customer, [made.invoice.id], minor)
    : await startTopUp(world, customer, minor, null);
  await succeed(world, customer, paymentId, { feeMinor: 60n, currency: "USD", settledMinor: minor });
  const [row] = await world.jobs
    .sql`select id, stripe_charge_id from charges where payment_id = ${paymentId}`;
  const order = made && { invoiceId: made.invoice.id, serviceId: made.serviceId };
  const charge = { id: row?.id, stripeChargeId: row?.stripe_charge_id, minor };
  return { customer, charge, order, disputedMinor, refund: null, dispute: null, second: null };
}

/** All that can be refunded now; nothing where that is nothing. */
async function refund(victim: Victim): Promise<void> {
  const { customerId, actor } = victim.customer;
  const refundId = newId<RefundId>(world.clock);
  const ask = (minor: bigint, seenMinor: bigint) =>
    startRefund(world, world.staff, {
      ...{ customerId, refundId, chargeId: victim.charge.id, userId: actor.userId, reason: "asked for it" },
      ...{ amount: money(minor, "USD"), seenMinor },
    });
  const asked = await ask(1n, -1n);
  const most = !asked.ok && asked.refusal.code === "refund_changed" ? asked.refusal.most.minor : 0n;
  if (most === 0n) return;
  expect(await ask(most, most)).toMatchObject({ ok: true });
  victim.refund = { id: refundId, minor: most };
}

async function refundSucceeds(victim: Victim): Promise<void> {
  await sayOfRefund(victim, "succeeded");
}

async function refundFails(victim: Victim): Promise<void> {
  await sayOfRefund(victim, "failed");
}

async function sayOfRefund({ customer, charge, refund }: Victim, status: string): Promise<void> {
  if (!refund) return;
  const movement = { balanceTransactionId: `txn_${refund.id}`, feeMinor: 0n, currency: "USD" };
  const said: Refund = {
    id: `re_${refund.id}`,
    status,
    stripeChargeId: charge.stripeChargeId,
    amountMinor: refund.minor,
    currency: "USD",
    refundId: refund.id,
    customerId: customer.customerId,
    failureReason: null,
    pendingReason: null,
    movement: { ...movement, settledMinor: -refund.minor },
    failureMovement: status === "failed" ? { ...movement, settledMinor: refund.minor } : null,
  };
  const ref = { customerId: customer.customerId, refundId: refund.id };
  expect(await settleRefund(world, ref, said)).toMatchObject({ kind: "settled" });
}

async function open(victim: Victim): Promise<void> {
  victim.dispute = await begun(victim, "first");
}

async function openSecond(victim: Victim): Promise<void> {
  victim.second = await begun(victim, "second");
}

function begun({ charge, disputedMinor }: Victim, name: string): Promise<Dispute> {
  return say({
    id: `du_${charge.id}_${name}`,
    status: "needs_response",
    stripeChargeId: charge.stripeChargeId,
    amountMinor: disputedMinor,
    currency: "USD",
    isLive: false,
    reason: "fraudulent",
    evidenceDueAt: null,
    movements: [moved(`${charge.id}_${name}`, -disputedMinor)],
  });
}

async function lost(victim: Victim): Promise<void> {
  if (victim.dispute) victim.dispute = await say({ ...victim.dispute, status: "lost" });
}

async function lostSecond(victim: Victim): Promise<void> {
  if (victim.second) victim.second = await say({ ...victim.second, status: "lost" });
}

async function won(victim: Victim): Promise<void> {
  if (victim.dispute) victim.dispute = await say(givenBack(victim.dispute));
}

async function appealWon(victim: Victim): Promise<void> {
  await won(victim);
}

async function appealWonSecond(victim: Victim): Promise<void> {
  if (victim.second) victim.second = await say(givenBack(victim.second));
}

function givenBack(dispute: Dispute): Dispute {
  const movements = [...dispute.movements, moved(`${dispute.id}_back`, dispute.amountMinor)];
  return { ...dispute, status: "won", movements };
}

function moved(name: string, settledMinor: bigint) {
  return { balanceTransactionId: `txn_${name}`, settledMinor, feeMinor: 0n, currency: "USD" };
}

async function say(said: Dispute): Promise<Dispute> {
  expect(await settleDispute(world, said.id, said)).toMatchObject({ kind: "settled", changed: true });
  return said;
}

/** Staff give 50.00 of the order back by a credit note, or what is left of it. */
async function credit({ customer: { customerId, actor }, order }: Victim): Promise<void> {
  if (!order) return;
  const id = order.invoiceId;
  await transact(world.staff, { customerId }, async (tx) => {
    const { clock, timeZone } = world;
    const now = clock.now();
    const series = seriesOf(now, timeZone, "CN");
    await prepareSeries(tx.sql, series);
    const balances = await lockBalances(tx.sql, customerId);
    const context = { customerId, now, clock, timeZone, actor: "staff" as const, userId: actor.userId };
    const decision = new Decision(context, balances);
    await seeInvoices(tx, decision, [id]);
    const paidMinor = decision.invoice(id)?.amountPaidMinor ?? 0n;
    const netMinor = paidMinor < 5_000n ? paidMinor : 5_000n;
    const amounts = { netMinor, taxMinor: 0n, note: "" };
    const note = creditPaid(decision, id, amounts, await moneyOn(tx.sql, customerId, [id]));
    await settleWhatWaits(tx, decision, "USD");
    tx.write(numberCreditNotes(tx.sql, series.key, [{ customerId, id: note }]));
  });
}

async function downgrade({ customer, order }: Victim): Promise<void> {
  if (!order) return;
  const wish = { serviceId: order.serviceId, planId: plans.small, way: "at_once" as const };
  const preview = (await showPlanChange(customer.actor, wish, world))?.preview;
  const agreedMinor = preview?.ok ? preview.value.due.minor : 0n;
  const changed = await changePlan(customer.actor, { ...wish, agreedMinor }, world);
  // Refused while the bank has not decided, where a credit note has given most of it back, and where the service ends.
  const refused = changed.ok ? null : changed.refusal.code;
  expect([null, "payment_disputed", "nothing_to_credit", "service_ending"]).toContain(refused);
}

async function cancel({ customer, order }: Victim): Promise<void> {
  if (!order) return;
  expect(await cancelService(customer.actor, { serviceId: order.serviceId }, world)).toMatchObject({
    ok: true,
  });
}

/** 20.00 of the balance on an invoice, where it is there. */
async function spend({ customer }: Victim): Promise<void> {
  const invoice = await makeInvoice(world, customer, 2_000n);
  await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 2_000n), world);
}

/**
 * From the rows alone: the balance less debt is what was charged, less what went onto invoices, back to the card or to the
 * bank, but for what the host bears; and the host bears only what was on invoices or refunded, and lost all the same.
 */
async function expectNoMoreThanPaid({ customer, charge }: Victim, taken: string): Promise<void> {
  const { customerId } = customer;
  const [row] = await world.jobs.sql`
    select
      (select posted_minor - held_minor from balances where customer_id = ${customerId} and currency = 'USD') as available,
      (select held_minor from balances where customer_id = ${customerId} and currency = 'USD') as held,
      (select coalesce(sum(case when debit = 'customer_debt' then amount_minor else -amount_minor end), 0)::bigint
        from transfers where customer_id = ${customerId} and 'customer_debt' in (debit, credit)) as debt,
      (select coalesce(sum(amount_minor), 0)::bigint from allocations where customer_id = ${customerId}) as spent,
      (select coalesce(sum(amount_minor) filter (where source = 'card'), 0)::bigint
        from allocations where customer_id = ${customerId}) as by_card,
      (select coalesce(sum(amount_minor), 0)::bigint from refunds
        where customer_id = ${customerId} and state = 'succeeded') as refunded,
      (select coalesce(sum(amount_minor), 0)::bigint from disputes
        where customer_id = ${customerId} and withdrawn_at is not null and reinstated_at is null) as disputed,
      (select coalesce(sum(amount_minor), 0)::bigint from disputes
        where customer_id = ${customerId} and state = 'lost') as lost`;
  const { available, held, debt, spent, by_card, refunded, disputed, lost } = row as Record<string, bigint>;
  const facts = { taken, ...row };
  const minor = (value: bigint | undefined) => value ?? 0n;
  expect({ ...facts, is: minor(available) + minor(disputed) <= charge.minor }).toEqual({
    ...facts,
    is: true,
  });
  expect({ ...facts, is: minor(available) + minor(refunded) <= charge.minor }).toEqual({
    ...facts,
    is: true,
  });
  if (minor(held) > 0n || minor(disputed) > minor(lost)) return;
  const overlap = minor(by_card) + minor(refunded) + minor(lost) - charge.minor;
  const host = overlap > 0n ? overlap : 0n;
  const has = charge.minor - minor(spent) - minor(refunded) - minor(lost) + host;
  expect({ ...facts, has: minor(available) - minor(debt) }).toEqual({ ...facts, has });
}

/** Does something for each, some at once, and keeps their order. */
async function together<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
