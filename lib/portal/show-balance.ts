import type { ReservedSql } from "@/db/client";
import { readDebts } from "@/lib/billing/payment/debt";
import { movementReason } from "@/lib/billing/payment/movement-reason";
import type { World } from "@/lib/billing/world";
import type { TransferId } from "@/lib/kernel/id";
import { type Currency, isCurrency, money } from "@/lib/kernel/money";
import { decodeCursor, encodeCursor, type Page } from "@/lib/kernel/page";
import { type MonthOfMovements, monthsOf, shownAccounts } from "./months-of-movements";
import { readAs } from "./scoped";
import type { BalanceView, ContestedCharge, CustomerActor, Movement } from "./shapes";
import { portalWorld } from "./world";

const rowsPerPage = 50;

/**
 * A customer's balances, and the movements of one of them, newest first, each with the balance after it; the same by month,
 * where a month that goes on over the page's edge still begins and ends with its own figures.
 */
export function showBalance(
  actor: CustomerActor,
  wish: { currency?: string | null; cursor?: string | null } = {},
  world: World = portalWorld(),
): Promise<{
  balances: BalanceView[];
  movements: Page<Movement>;
  months: MonthOfMovements[];
  contested: ContestedCharge[];
}> {
  return readAs(world, actor, async (sql) => {
    const balances = await readBalances(sql, actor);
    const chosen = balances.find((balance) => balance.currency === wish.currency) ?? balances[0];
    if (!chosen)
      return { balances, movements: { rows: [], next: null, previous: null }, months: [], contested: [] };
    const [movements, contested] = await Promise.all([
      readMovements(sql, actor, chosen, wish.cursor ?? null),
      readContested(sql, actor, chosen.currency),
    ]);
    const months = await monthsOf(sql, actor, movements.rows, world.timeZone);
    return { balances, movements, months, contested };
  });
}

/** A customer's balances, their own currency first; one of nothing where there is none yet. */
export async function readBalances(sql: ReservedSql, { customerId }: CustomerActor): Promise<BalanceView[]> {
  const [rows, debts] = await Promise.all([
    sql`
    select b.currency, b.posted_minor, b.held_minor, c.currency as own from balances b
    join customers c on c.id = b.customer_id
    where b.customer_id = ${customerId} and (b.currency = c.currency or exists (
      select from transfers t where t.customer_id = b.customer_id and t.currency = b.currency
        and (t.debit = 'customer_balance' or t.credit = 'customer_balance')))
    order by b.currency <> c.currency, b.currency`,
    readDebts(sql, customerId),
  ]);
  if (rows.length > 0) {
    return rows.map((row) =>
      balanceView(row.currency, row.posted_minor, row.held_minor, debts.get(row.currency) ?? 0n),
    );
  }
  const [customer] = await sql`select currency from customers where id = ${customerId}`;
  return customer && isCurrency(customer.currency) ? [balanceView(customer.currency, 0n, 0n, 0n)] : [];
}

function balanceView(
  currency: Currency,
  postedMinor: bigint,
  heldMinor: bigint,
  debtMinor: bigint,
): BalanceView {
  return {
    currency,
    posted: money(postedMinor, currency),
    held: money(heldMinor, currency),
    available: money(postedMinor - heldMinor - debtMinor, currency),
    debt: money(debtMinor, currency),
  };
}

/**
 * Goes by the balance's sequence number, not by time. The balance after a movement is what is posted now less what
 * came after it: so no row keeps a running total of its own, and a page costs what is newer than it. What the customer
 * is shown is the balance less their debt (domain.md, Words): paying debt from the balance moves nothing of that.
 */
async function readMovements(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  balance: BalanceView,
  cursor: string | null,
): Promise<Page<Movement>> {
  const currency = balance.posted.currency;
  const [direction, seqText] = (cursor && decodeCursor(cursor)) || [];
  const seq = seqText && /^\d{1,18}$/.test(seqText) ? seqText : null;
  const isBack = direction === "before" && seq !== null;
  const beyond = seq === null ? sql`true` : isBack ? sql`t.seq > ${seq}` : sql`t.seq < ${seq}`;
  const found = await sql`
    select t.id, t.seq, t.occurred_at, t.reason, t.debit, t.amount_minor, i.number
    from transfers t left join invoices i on i.customer_id = t.customer_id and i.id = t.invoice_id
    where t.customer_id = ${customerId} and t.currency = ${currency} and t.kind in ('posted', 'post')
      and (t.debit = any(${shownAccounts})) <> (t.credit = any(${shownAccounts})) and ${beyond}
    order by t.seq ${isBack ? sql`asc` : sql`desc`} limit ${rowsPerPage + 1}`;
  const hasMore = found.length > rowsPerPage;
  const listed = found.slice(0, rowsPerPage);
  if (isBack) listed.reverse();
  const newest = listed[0];
  if (!newest) return { rows: [], next: null, previous: null };
  const [newer] = await sql`
    select coalesce(sum(case when credit = any(${shownAccounts}) then amount_minor else -amount_minor end), 0)::bigint as minor
    from transfers where customer_id = ${customerId} and currency = ${currency} and kind in ('posted', 'post')
      and (debit = any(${shownAccounts})) <> (credit = any(${shownAccounts})) and seq > ${newest.seq.toString()}`;
  let afterMinor = balance.posted.minor - balance.debt.minor - (newer?.minor ?? 0n);
  const rows = listed.map((row): Movement => {
    const signed: bigint = shownAccounts.includes(row.debit) ? -row.amount_minor : row.amount_minor;
    const balanceAfter = money(afterMinor, currency);
    afterMinor -= signed;
    return {
      id: row.id as TransferId,
      occurredAt: row.occurred_at,
      reason: movementReason({ reason: row.reason, debit: row.debit }),
      amount: money(signed, currency),
      balanceAfter,
      invoiceNumber: row.number,
    };
  });
  const at = (row: (typeof listed)[number] | undefined, way: string) =>
    row ? encodeCursor([way, row.seq.toString()]) : null;
  return {
    rows,
    next: isBack || hasMore ? at(listed.at(-1), "after") : null,
    previous: (isBack ? hasMore : seq !== null) ? at(newest, "before") : null,
  };
}

/** Card payments that the customer's bank has taken back and has not decided on; nothing that it only asks about. */
async function readContested(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  currency: string,
): Promise<ContestedCharge[]> {
  const rows = await sql`
    select d.id, d.currency, d.amount_minor, c.booked_at, (
      select coalesce(sum(t.amount_minor), 0) from transfers t
      where t.customer_id = d.customer_id and t.dispute_id = d.id and t.kind = 'pending' and not exists (
        select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id))::bigint as held_minor
    from disputes d join charges c on c.customer_id = d.customer_id and c.id = d.charge_id
    where d.customer_id = ${customerId} and d.currency = ${currency} and d.state = 'open'
      and d.withdrawn_at is not null and d.reinstated_at is null
    order by d.id`;
  return rows.map((row) => ({
    id: row.id,
    amount: money(row.amount_minor, row.currency),
    held: money(row.held_minor, row.currency),
    paidAt: row.booked_at,
  }));
}
