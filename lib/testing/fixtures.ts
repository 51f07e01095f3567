import { dueIn } from "@/lib/billing/invoice/days-from-due";
import { issueInvoices } from "@/lib/billing/invoice/issue-invoices";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import { issueRenewal } from "@/lib/billing/renewal/issue-renewal";
import { orderService } from "@/lib/billing/service/order-service";
import { calendarDay } from "@/lib/kernel/calendar";
import {
  type BankReceiptId,
  type CustomerId,
  type InvoiceId,
  newId,
  type PlanId,
  type ServiceId,
  type SessionId,
  type UserId,
} from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { payFromBalance } from "@/lib/portal/pay";
import type { CustomerActor } from "@/lib/portal/shapes";
import type { TestWorld } from "./world";

export interface TestCustomer {
  actor: CustomerActor;
  customerId: CustomerId;
  currency: Currency;
}

let counter = 0;

/** A customer with one member, made as staff make them. */
export async function makeCustomer(
  world: TestWorld,
  options: {
    currency?: Currency;
    role?: "owner" | "billing" | "viewer";
    name?: string;
    country?: string;
  } = {},
): Promise<TestCustomer> {
  const { currency = "USD", role = "owner", country = "US" } = options;
  counter += 1;
  const customerId = newId<CustomerId>(world.clock);
  const userId = newId<UserId>(world.clock);
  const name = options.name ?? `Customer ${counter}`;
  const email = `${userId}@example.test`;
  const now = world.clock.now();
  await world.staff.sql`
    insert into customers (id, reference, name, email, country, currency, created_at)
    values (${customerId}, ${`C-${counter}`}, ${name}, ${email}, ${country}, ${currency}, ${now})`;
  await world.staff
    .sql`insert into users (id, email, name, created_at) values (${userId}, ${email}, ${name}, ${now})`;
  await world.staff.sql`
    insert into memberships (customer_id, user_id, role, created_at) values (${customerId}, ${userId}, ${role}, ${now})`;
  return { actor: { customerId, userId, sessionId: newId<SessionId>(world.clock) }, customerId, currency };
}

export async function makePlan(
  world: TestWorld,
  options: {
    price?: Partial<Record<Currency, bigint>>;
    unit?: "day" | "month" | "year";
    count?: number;
    family?: string;
  } = {},
): Promise<PlanId> {
  const planId = newId<PlanId>(world.clock);
  const { price = { USD: 1000n }, unit = "month", count = 1, family = null } = options;
  const from = new Date("2020-01-01T00:00:00Z");
  await world.staff.sql`
    insert into plans (id, key, name, family, term_unit, term_count, lead_days, created_at)
    values (${planId}, ${planId}, 'Server S', ${family}, ${unit}, ${count}, ${unit === "day" ? 0 : 7}, ${from})`;
  for (const [currency, minor] of Object.entries(price)) {
    await addPrice(world, planId, from, minor, currency as Currency);
  }
  return planId;
}

/** Another net price of a plan, from an instant on. */
export async function addPrice(
  world: TestWorld,
  planId: PlanId,
  from: Date,
  minor: bigint,
  currency: Currency = "USD",
): Promise<void> {
  await world.staff.sql`
    insert into plan_prices (plan_id, currency, valid_from, price_minor)
    values (${planId}, ${currency}, ${from}, ${minor.toString()})`;
}

/** What a pay link is known by: the last part of its address. */
export function payLinkToken(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** Balance to spend, given as goodwill. */
export async function giveBalance(world: TestWorld, customer: TestCustomer, minor: bigint): Promise<void> {
  const amount = money(minor, customer.currency);
  await giveGoodwill(world, world.staff, { customerId: customer.customerId, amount, reason: "test" });
}

/** Balance of the customer's own, that came by bank: it may leave again, as goodwill may not. */
export async function bankBalance(world: TestWorld, customer: TestCustomer, minor: bigint): Promise<void> {
  const { customerId, currency, actor } = customer;
  const id = newId<BankReceiptId>(world.clock);
  const valueDate = calendarDay(world.clock.now(), world.timeZone);
  const receipt = { id, amount: money(minor, currency), valueDate, reference: `BAL ${id}`, sender: "" };
  const wish = { customerId, receipt: { ...receipt, userId: actor.userId }, invoiceIds: [] };
  const recorded = await recordBankPayment(world, world.staff, wish);
  if (!recorded.ok) throw new Error("bank money is never refused");
}

/** An open invoice by hand that brings nothing: of so many minor units. */
export async function makeInvoice(
  world: TestWorld,
  customer: TestCustomer,
  minor: bigint,
): Promise<{ id: InvoiceId; number: string }> {
  const { currency, customerId } = customer;
  const [invoice] = await issueInvoices(world, world.staff, customerId, async () => [
    {
      origin: "manual",
      currency,
      summary: "Work",
      dueOn: dueIn(7, world.clock.now(), world.timeZone),
      lines: [{ kind: "other", description: "Work", quantity: 1, unit: money(minor, currency) }],
    },
  ]);
  if (!invoice) throw new Error("an invoice was asked for");
  return invoice;
}

/** A service that waits for its first payment. */
export async function makeOrder(
  world: TestWorld,
  customer: TestCustomer,
  planId: PlanId,
  isAutoRenew = false,
) {
  const { customerId, currency } = customer;
  return orderService(world, world.staff, { customerId, planId, label: "web-1", currency, isAutoRenew });
}

/** A service whose first term is paid, from a gift of just that much. */
export async function makeActiveService(
  world: TestWorld,
  customer: TestCustomer,
  planId: PlanId,
  isAutoRenew = false,
): Promise<ServiceId> {
  const { serviceId, invoice } = await makeOrder(world, customer, planId, isAutoRenew);
  const [row] = await world.jobs.sql`select total_minor from invoices where id = ${invoice.id}`;
  await giveBalance(world, customer, row?.total_minor);
  const paid = await payFromBalance(
    customer.actor,
    balancePlan(world, [invoice.id], row?.total_minor),
    world,
  );
  if (!paid.ok) throw new Error(`the first term is paid: ${paid.refusal.code}`);
  // Its receipt has gone out long ago.
  await world.jobs.sql`
    update outbox set handled_at = ${world.clock.now()}
    where customer_id = ${customer.customerId} and topic = 'payment.succeeded' and handled_at is null
      and payload->>'paymentId' = (select payment_id::text from payment_shares
        where customer_id = ${customer.customerId} and invoice_id = ${invoice.id})`;
  return serviceId;
}

/** The invoice of a service's next term. */
export async function makeRenewal(world: TestWorld, customer: TestCustomer, serviceId: ServiceId) {
  const invoice = await issueRenewal(world, world.staff, { customerId: customer.customerId, serviceId });
  if (!invoice) throw new Error("a renewal was asked for");
  return invoice;
}

/** What a browser sends to pay so much of the balance, under a new payment id. */
export function balancePlan(world: TestWorld, invoiceIds: readonly string[], minor: bigint) {
  return plan(world, invoiceIds, { balanceMinor: minor });
}

export function plan(
  world: TestWorld,
  invoiceIds: readonly string[],
  amounts: { balanceMinor?: bigint; cardMinor?: bigint; excessMinor?: bigint },
) {
  return {
    paymentId: newId(world.clock) as string,
    invoiceIds,
    plan: {
      balanceMinor: (amounts.balanceMinor ?? 0n).toString(),
      cardMinor: (amounts.cardMinor ?? 0n).toString(),
      excessMinor: (amounts.excessMinor ?? 0n).toString(),
    },
  };
}
