import type { Fragment } from "postgres";
import type { Sql } from "@/db/client";
import { likeOf } from "@/db/like";
import {
  type InvoiceStatus,
  isUnderWay,
  statusCondition,
  statusOf,
} from "@/lib/billing/invoice/invoice-status";
import {
  addCalendarDays,
  type CalendarDay,
  calendarDay,
  parseCalendarDay,
  startOfDay,
} from "@/lib/kernel/calendar";
import { type InvoiceId, isUuid } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, keyset, pageOf } from "./keyset";
import { numberSearch } from "./number-search";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The whole state of the list; what is not understood counts as not said. */
export interface InvoicesFilter {
  /** Any of these; empty means all. */
  status: readonly InvoiceStatus[];
  /** Part of a number or of what it is for, or of the customer's name or reference. */
  text: string | null;
  /** Days of issue, YYYY-MM-DD. */
  from: string | null;
  to: string | null;
  cursor: string | null;
}

export interface ListedInvoice {
  id: InvoiceId;
  number: string;
  summary: string;
  customerName: string;
  customerReference: string;
  issuedAt: Date;
  dueOn: CalendarDay;
  total: Money;
  remaining: Money;
  status: InvoiceStatus;
}

const rowsPerPage = 50;

/** Invoices of all customers, the last issued first. Every role of staff may look. */
export async function listInvoices(
  _actor: StaffActor,
  filter: InvoicesFilter,
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedInvoice>> {
  const { sql } = world.staff;
  const today = calendarDay(world.clock.now(), world.timeZone);
  const cursor = cursorIn(filter.cursor, isUuid);
  const { beyond, order } = keyset(sql, { at: sql`i.issued_at`, id: sql`i.id` }, cursor);
  const like = likeOf(filter.text);
  const printed = numberSearch(filter.text ?? "")?.printed ?? null;
  const conditions = [
    statusCondition(sql, filter.status, today),
    daysCondition(sql, sql`i.issued_at`, filter, world.timeZone),
    like &&
      sql`(normalize(i.number) ilike ${like} or i.number = ${printed} or normalize(i.summary) ilike ${like} or normalize(h.name) ilike ${like} or normalize(h.reference) ilike ${like})`,
    beyond,
  ];
  const where = conditions.reduce<Fragment>(
    (all, one) => (one ? sql`${all} and ${one}` : all),
    sql`i.number is not null and not h.is_house`,
  );
  const found = await sql`
    select i.id, i.number, i.summary, i.state, i.currency, i.total_minor, i.amount_paid_minor, i.issued_at, i.due_on,
      i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor,
      h.name, h.reference, ${isUnderWay(sql)} as is_under_way, i.issued_at::text as at
    from invoices i join customers h on h.id = i.customer_id
    left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
    where ${where} order by ${order} limit ${rowsPerPage + 1}`;
  return pageOf(found, cursor, rowsPerPage, (row) => ({
    id: row.id as InvoiceId,
    number: row.number,
    summary: row.summary,
    customerName: row.name,
    customerReference: row.reference,
    issuedAt: row.issued_at,
    dueOn: row.due_on,
    total: money(row.total_minor, row.currency),
    remaining: money(row.remaining_minor, row.currency),
    status: statusOf(
      {
        state: row.state,
        dueOn: row.due_on,
        amountPaidMinor: row.amount_paid_minor,
        isUnderWay: row.is_under_way,
      },
      today,
    ),
  }));
}

/** From the first moment of a day to the last of another, in the billing time zone; null where neither is said. */
export function daysCondition(
  sql: Sql,
  at: Fragment,
  { from, to }: { from: string | null; to: string | null },
  timeZone: string,
): Fragment | null {
  const [first, last] = [from && parseCalendarDay(from), to && parseCalendarDay(to)];
  const since = first && sql`${at} >= ${startOfDay(first, timeZone)}`;
  const until = last && sql`${at} < ${startOfDay(addCalendarDays(last, 1), timeZone)}`;
  if (since && until) return sql`${since} and ${until}`;
  return since || until || null;
}
