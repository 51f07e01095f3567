import type { ReservedSql } from "@/db/client";
import { likeOf } from "@/db/like";
import { isUnderWay, statusCondition, statusOf } from "@/lib/billing/invoice/invoice-status";
import { readDebts } from "@/lib/billing/payment/debt";
import type { World } from "@/lib/billing/world";
import {
  addCalendarDays,
  type CalendarDay,
  calendarDay,
  parseCalendarDay,
  startOfDay,
} from "@/lib/kernel/calendar";
import type { InvoiceId, ServiceId } from "@/lib/kernel/id";
import { isUuid } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { decodeCursor, encodeCursor, isCursorInstant, type Page } from "@/lib/kernel/page";
import { mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor, InvoiceFilter, InvoiceList, InvoiceRow, Owed } from "./shapes";
import { portalWorld } from "./world";

const rowsPerPage = 25;
/** Beyond this a number says nothing that "more than ten thousand" does not. */
const countMost = 10_001;

/** One page of a customer's invoices, what matches in all, and what is owed. The filter is the list's whole state. */
export function listInvoices(
  actor: CustomerActor,
  filter: InvoiceFilter,
  world: World = portalWorld(),
): Promise<InvoiceList> {
  const today = calendarDay(world.clock.now(), world.timeZone);
  return readAs(world, actor, async (sql) => {
    const matches = matching(sql, actor, filter, today, world.timeZone);
    const [page, [counted], owed, canPay, services] = await Promise.all([
      readPage(sql, filter, matches, today, rowsPerPage),
      sql`select count(*)::int as count from (
        select 1 from invoices i left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
        where ${matches} limit ${countMost}) counted`,
      readOwed(sql, actor),
      mayPay(sql, actor),
      sql`select id, label from services where customer_id = ${actor.customerId} order by label, id limit 200`,
    ]);
    return {
      page,
      count: counted?.count ?? 0,
      owed,
      canPay,
      services: services.map((row) => ({ id: row.id as ServiceId, label: row.label })),
    };
  });
}

/** What is owed by currency: on open invoices, and as debt. */
export async function readOwed(sql: ReservedSql, { customerId }: CustomerActor): Promise<Owed[]> {
  const [rows, debts] = await Promise.all([
    sql`
      with open as (
        select i.currency, i.due_on, i.total_minor - i.amount_paid_minor - i.amount_credited_minor as minor, exists (
          select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id
            and ${isUnderWay(sql)}) as is_under_way
        from invoices i where i.customer_id = ${customerId} and i.state = 'open')
      select currency, sum(minor)::bigint as minor, min(due_on) as oldest_due_on, count(*)::int as invoices,
        coalesce(sum(minor) filter (where is_under_way), 0)::bigint as under_way_minor
      from open group by currency`,
    readDebts(sql, customerId),
  ]);
  const owing = [...debts].filter(([, minor]) => minor > 0n).map(([currency]) => currency);
  const currencies = [...new Set<Currency>([...rows.map((row) => row.currency), ...owing])].sort();
  return currencies.map((currency) => {
    const row = rows.find((one) => one.currency === currency);
    const debtMinor = debts.get(currency) ?? 0n;
    return {
      amount: money((row?.minor ?? 0n) + debtMinor, currency),
      debt: money(debtMinor, currency),
      beingPaid: money(row?.under_way_minor ?? 0n, currency),
      oldestDueOn: row?.oldest_due_on ?? null,
      invoices: row?.invoices ?? 0,
    };
  });
}

/** The same rows, as many at a time as asked for and without the rest: for a download, batch by batch. */
export function readInvoiceRows(
  actor: CustomerActor,
  filter: InvoiceFilter,
  most: number,
  world: World,
): Promise<Page<InvoiceRow>> {
  const today = calendarDay(world.clock.now(), world.timeZone);
  return readAs(world, actor, (sql) =>
    readPage(sql, filter, matching(sql, actor, filter, today, world.timeZone), today, most),
  );
}

type Fragment = ReturnType<ReservedSql>;

/** Keyset: from the cursor's row on, in either direction; one row more than shown tells whether there is more. */
async function readPage(
  sql: ReservedSql,
  filter: InvoiceFilter,
  matches: Fragment,
  today: CalendarDay,
  most: number,
): Promise<Page<InvoiceRow>> {
  const column = filter.sort === "due" ? sql`i.due_on` : sql`i.issued_at`;
  const cursor = cursorOf(filter);
  const from =
    filter.sort === "due"
      ? sql`${cursor?.at ?? null}::text::date`
      : sql`${cursor?.at ?? null}::text::timestamptz`;
  const isBack = cursor?.direction === "before";
  const beyond = !cursor
    ? sql`true`
    : isBack
      ? sql`(${column}, i.id) > (${from}, ${cursor.id}::uuid)`
      : sql`(${column}, i.id) < (${from}, ${cursor.id}::uuid)`;
  const order = isBack ? sql`${column} asc, i.id asc` : sql`${column} desc, i.id desc`;
  const found = await sql`
    select i.id, i.number, i.summary, i.state, i.currency, i.total_minor, i.amount_paid_minor, i.amount_credited_minor,
      i.issued_at, i.due_on, ${claimColumns(sql)}, ${column}::text as at
    from invoices i left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
    where ${matches} and ${beyond} order by ${order} limit ${most + 1}`;
  const hasMore = found.length > most;
  const shown = found.slice(0, most);
  if (isBack) shown.reverse();
  const at = (row: (typeof shown)[number] | undefined, direction: string) =>
    row ? encodeCursor([direction, row.at, row.id]) : null;
  const hasNext = isBack || hasMore;
  const hasPrevious = isBack ? hasMore : cursor !== null;
  return {
    rows: shown.map((row) => invoiceRow(row, today)),
    next: hasNext ? at(shown.at(-1), "after") : null,
    previous: hasPrevious ? at(shown[0], "before") : null,
  };
}

function matching(
  sql: ReservedSql,
  actor: CustomerActor,
  filter: InvoiceFilter,
  today: CalendarDay,
  timeZone: string,
): Fragment {
  const day = (text: string | null) => (text ? parseCalendarDay(text) : null);
  const from = day(filter.issuedFrom);
  const to = day(filter.issuedTo);
  const least = decimal(filter.amountFrom);
  const most = decimal(filter.amountTo);
  const service = filter.serviceId && isUuid(filter.serviceId) ? filter.serviceId : null;
  const like = likeOf(filter.text);
  const conditions = [
    sql`i.customer_id = ${actor.customerId} and i.number is not null`,
    statusCondition(sql, filter.status, today),
    from && sql`i.issued_at >= ${startOfDay(from, timeZone)}`,
    to && sql`i.issued_at < ${startOfDay(addCalendarDays(to, 1), timeZone)}`,
    least !== null && sql`i.total_minor >= ${amountSql(sql, least)}`,
    most !== null && sql`i.total_minor <= ${amountSql(sql, most)}`,
    service &&
      sql`exists (select from invoice_lines l where l.customer_id = i.customer_id and l.invoice_id = i.id
        and l.service_id = ${service})`,
    like && sql`(normalize(i.number) ilike ${like} or normalize(i.summary) ilike ${like})`,
  ];
  return conditions.reduce<Fragment>((all, one) => (one ? sql`${all} and ${one}` : all), sql`true`);
}

/** Of the claim `c` on an invoice, for `invoiceRow`. */
export function claimColumns(sql: ReservedSql): Fragment {
  return sql`c.payment_id is not null as is_claimed, ${isUnderWay(sql)} as is_under_way`;
}

export function invoiceRow(row: Record<string, unknown>, today: CalendarDay): InvoiceRow {
  const currency = row.currency as Currency;
  const total = row.total_minor as bigint;
  const amountPaidMinor = row.amount_paid_minor as bigint;
  const state = row.state as string;
  const remaining = total - amountPaidMinor - (row.amount_credited_minor as bigint);
  return {
    id: row.id as InvoiceId,
    number: row.number as string,
    summary: row.summary as string,
    issuedAt: row.issued_at as Date,
    dueOn: row.due_on as CalendarDay,
    total: money(total, currency),
    remaining: money(remaining, currency),
    status: statusOf(
      { state, dueOn: row.due_on as CalendarDay, amountPaidMinor, isUnderWay: row.is_under_way === true },
      today,
    ),
    isPaymentStarted: state === "open" && row.is_claimed === true && row.is_under_way !== true,
  };
}

interface Cursor {
  direction: "after" | "before";
  at: string;
  id: string;
}

/** Null also for one that was made where the list was sorted otherwise. */
function cursorOf({ cursor: text, sort }: InvoiceFilter): Cursor | null {
  const [direction, at, id] = (text && decodeCursor(text)) || [];
  if ((direction !== "after" && direction !== "before") || !at || !id) return null;
  const isPlace = sort === "due" ? parseCalendarDay(at) !== null : isCursorInstant(at);
  return isPlace && isUuid(id) ? { direction, at, id } : null;
}

/** A decimal amount in whichever currency the invoice has: compared exactly, digits against digits. */
function decimal(text: string | null): string | null {
  const plain = text?.trim().replace(",", ".") ?? "";
  return /^\d{1,12}(\.\d{1,3})?$/.test(plain) ? plain : null;
}

function amountSql(sql: ReservedSql, amount: string): Fragment {
  return sql`${amount}::text::numeric * (case
    when i.currency in ('JPY', 'KRW', 'VND') then 1 when i.currency in ('KWD', 'BHD') then 1000 else 100 end)`;
}
