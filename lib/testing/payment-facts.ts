import { expect } from "vitest";
import { pollFees } from "@/lib/billing/payment/poll-fees";
import type { PaymentRef } from "@/lib/billing/payment/settle";
import type { World } from "@/lib/billing/world";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";
import { checkBooks } from "@/lib/ledger/books";
import { payCombined, payDirect } from "@/lib/portal/pay";
import type { PayOutcome } from "@/lib/portal/shapes";
import { plan, type TestCustomer } from "./fixtures";
import { type StripeWorld, untilCaptured } from "./stripe-world";
import type { TestWorld } from "./world";

/** A payment that waits at Stripe's page. */
export interface AtStripe extends PaymentRef {
  customer: TestCustomer;
  sessionId: string;
  url: string;
}

/** Starts a payment through Stripe alone, and expects to be led to its page. */
export async function startDirect(
  world: TestWorld,
  customer: TestCustomer,
  invoiceIds: readonly InvoiceId[],
  amounts: { cardMinor: bigint; excessMinor?: bigint },
): Promise<AtStripe> {
  const input = plan(world, invoiceIds, amounts);
  return ledToStripe(world, customer, await payDirect(customer.actor, input, world));
}

/** Starts a payment from balance and through Stripe. */
export async function startCombined(
  world: TestWorld,
  customer: TestCustomer,
  invoiceIds: readonly InvoiceId[],
  amounts: { balanceMinor: bigint; cardMinor: bigint; excessMinor?: bigint },
): Promise<AtStripe> {
  const input = { ...plan(world, invoiceIds, amounts), useBalance: amounts.balanceMinor.toString() };
  return ledToStripe(world, customer, await payCombined(customer.actor, input, world));
}

export async function ledToStripe(
  world: World,
  customer: TestCustomer,
  answer: { ok: true; value: PayOutcome } | { ok: false; refusal: { code: string } },
): Promise<AtStripe> {
  if (!answer.ok || answer.value.kind !== "redirect") {
    throw new Error(`the customer is led to Stripe: ${JSON.stringify(answer)}`);
  }
  const { paymentId, url } = answer.value;
  const { customerId } = customer;
  const [row] = await world.jobs.sql`
    select stripe_session_id from payments where customer_id = ${customerId} and id = ${paymentId}`;
  return { customer, customerId, paymentId, url, sessionId: row?.stripe_session_id };
}

/** What stands in the database of one payment. Amounts in minor units. */
export async function factsOf(world: World, { customerId, paymentId }: PaymentRef) {
  const { sql } = world.jobs;
  const [[payment], [counted], invoices, tasks] = await Promise.all([
    sql`select state, failure_code, next_poll_at from payments where customer_id = ${customerId} and id = ${paymentId}`,
    sql`
      with mine as (select * from transfers where customer_id = ${customerId} and payment_id = ${paymentId}),
        paid_for as (select invoice_id from payment_shares where customer_id = ${customerId} and payment_id = ${paymentId})
      select
        (select count(*)::int from charges where customer_id = ${customerId} and payment_id = ${paymentId}) as charges,
        (select count(*)::int from invoice_claims where customer_id = ${customerId} and payment_id = ${paymentId}) as claims,
        (select count(*)::int from mine p where kind = 'pending' and not exists (
          select from mine r where r.pending_id = p.id)) as open_holds,
        (select coalesce(sum(amount_minor), 0)::bigint from mine where kind = 'post') as from_holds,
        (select coalesce(sum(amount_minor), 0)::bigint from mine where kind = 'posted' and debit = 'gateway_clearing') as from_stripe,
        (select coalesce(sum(amount_minor), 0)::bigint from mine where kind = 'posted' and credit = 'customer_balance') as to_balance,
        (select coalesce(sum(amount_minor), 0)::bigint from allocations
          where customer_id = ${customerId} and payment_id = ${paymentId}) as allocated,
        (select count(*)::int from terms t join invoice_lines l on l.customer_id = t.customer_id and l.id = t.invoice_line_id
          where t.customer_id = ${customerId} and l.invoice_id in (select invoice_id from paid_for)) as terms`,
    sql`
      select i.state from payment_shares s join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
      where s.customer_id = ${customerId} and s.payment_id = ${paymentId} order by i.due_on, i.id`,
    sql`select kind from tasks where customer_id = ${customerId} and subject_id = ${paymentId} order by id`,
  ]);
  return {
    state: payment?.state as string | undefined,
    failureCode: payment?.failure_code as string | null | undefined,
    isPolled: payment?.next_poll_at !== null,
    charges: counted?.charges as number,
    claims: counted?.claims as number,
    openHolds: counted?.open_holds as number,
    fromHolds: counted?.from_holds as bigint,
    fromStripe: counted?.from_stripe as bigint,
    toBalance: counted?.to_balance as bigint,
    allocated: counted?.allocated as bigint,
    terms: counted?.terms as number,
    invoices: invoices.map((row) => row.state as string),
    tasks: tasks.map((row) => row.kind as string),
  };
}

/** The balance of a customer in its own currency. Minor units. */
export async function balanceOf(world: World, customer: TestCustomer) {
  const [row] = await world.jobs.sql`
    select posted_minor, held_minor from balances
    where customer_id = ${customer.customerId} and currency = ${customer.currency}`;
  return { posted: (row?.posted_minor ?? 0n) as bigint, held: (row?.held_minor ?? 0n) as bigint };
}

/** The books of all whose money has moved since they were looked at last: for after each test. */
export async function expectBooksBalance(world: World, { full } = { full: false }): Promise<void> {
  const books = await checkBooks(world.jobs, { full, now: world.clock.now() });
  expect(books.invariants.flatMap(({ violations }) => violations)).toEqual([]);
}

/**
 * For after the last test: all books from their first transfer on, and Stripe's charges against them. The fees of which
 * no event was heard are asked for first.
 */
export async function expectAllInOrder(world: StripeWorld): Promise<void> {
  await untilCaptured(world);
  world.clock.advance(31 * 60_000);
  await pollFees(world, 10_000);
  await expectBooksBalance(world, { full: true });
  await expectStripeAgrees(world);
}

/** Every charge that succeeded at Stripe is booked once, with its amount and fee; none is booked that is not there. */
async function expectStripeAgrees(world: StripeWorld): Promise<void> {
  const dump = await world.control.dump();
  const fees = new Map(dump.balance_transaction?.map((row) => [row.source as string, row.fee as number]));
  const atStripe = (dump.charge ?? [])
    .filter((charge) => charge.status === "succeeded")
    .map((charge) => ({
      id: charge.id as string,
      amount: String(charge.amount_captured),
      fee: String(fees.get(charge.id as string)),
    }));
  const booked = await world.jobs.sql`
    select c.stripe_charge_id as id, c.amount_minor::text as amount, c.fee_minor::text as fee,
      c.fee_currency <> c.currency as is_converted, (
      select coalesce(sum(case when t.debit = 'gateway_clearing' then t.amount_minor else -t.amount_minor end), 0)::text
      from transfers t where t.customer_id = c.customer_id and t.charge_id = c.id and t.currency = c.currency) as net
    from charges c`;
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  expect(booked.map(({ id, amount, fee }) => ({ id, amount, fee })).sort(byId)).toEqual(atStripe.sort(byId));
  const cleared = (row: (typeof booked)[number]) =>
    row.is_converted ? 0n : BigInt(row.amount) - BigInt(row.fee);
  expect(booked.filter((row) => BigInt(row.net) !== cleared(row))).toEqual([]);
}

/** A digest of every row of every table but those named: equal before and after means that nothing changed. */
export async function digestOf(world: StripeWorld, except: readonly string[] = []): Promise<string> {
  const tables = await world.owner`
    select tablename from pg_tables where schemaname = 'public' order by tablename`;
  const digests = await Promise.all(
    tables
      .map((row) => row.tablename as string)
      .filter((name) => !except.includes(name))
      .map(async (name) => {
        const [row] = await world.owner`
          select coalesce(md5(string_agg(t::text, '|' order by t::text)), '-') as digest from ${world.owner(name)} t`;
        return `${name} ${row?.digest}`;
      }),
  );
  return digests.join("\n");
}

export function paymentRef(customer: TestCustomer, paymentId: string): PaymentRef {
  return { customerId: customer.customerId, paymentId: paymentId as PaymentId };
}
