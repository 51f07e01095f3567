import { transact } from "@/db/transaction";
import { subjectParts } from "@/lib/billing/activity-subject";
import { type InvoiceStatus, isUnderWay, statusOf } from "@/lib/billing/invoice/invoice-status";
import { readDebts } from "@/lib/billing/payment/debt";
import { mayLeaveMinor, readGoodwills } from "@/lib/billing/payment/may-leave";
import { payoutLeftToday } from "@/lib/billing/payment/payout-limit";
import type { Suspension } from "@/lib/billing/suspension/read-suspensions";
import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId, PaymentId, ServiceId } from "@/lib/kernel/id";
import { type Currency, least, type Money, min, money } from "@/lib/kernel/money";
import { type MailFailure, readUnreached } from "@/lib/mail/mail-failures";
import { activityOf, customersTwins, isOneOfItsTransfer, type ListedActivity } from "./list-activities";
import { listSuspensions } from "./list-suspensions";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** One customer's whole picture, as far as it goes on a page; the newest of each. */
export interface CustomerPicture {
  id: CustomerId;
  reference: string;
  name: string;
  email: string;
  country: string;
  currency: string;
  isClosed: boolean;
  /** `leaves` is what may be paid out, as goodwill stays, `payOutMost` what of it this person may today; `credit` is what of it staff can take back. */
  balances: {
    posted: Money;
    held: Money;
    available: Money;
    leaves: Money;
    payOutMost: Money;
    credit: Money;
  }[];
  /** All that is owed in one currency, of it what is past due, and what is debt from lost disputes (domain.md, A4). */
  owed: { amount: Money; pastDue: Money; debt: Money }[];
  /** What is suspended, or will be within a week, with the amount that restores it and the day. */
  suspensions: Suspension[];
  invoices: {
    id: InvoiceId;
    number: string;
    summary: string;
    state: string;
    /** As lists call it: also past due, partly paid, being paid. */
    status: InvoiceStatus;
    total: Money;
    remaining: Money;
    dueOn: CalendarDay;
  }[];
  services: { id: ServiceId; label: string; planName: string; state: string; expiresAt: Date | null }[];
  payments: {
    id: PaymentId;
    state: string;
    funding: string;
    origin: string;
    amount: Money;
    createdAt: Date;
  }[];
  activities: ListedActivity[];
  /** Their address and those of copies, where the last mail to them did not arrive. */
  unreached: MailFailure[];
}

const rowsMost = 50;
/** Of what there is a list to go on in; open invoices come first. */
const newestMost = 12;
const activitiesMost = 20;

/** Null if there is no customer of that reference. Every role of staff may look. */
export async function showCustomer(
  actor: StaffActor,
  { reference }: { reference: string },
  world: StaffWorld = staffWorld(),
): Promise<CustomerPicture | null> {
  if (reference.includes("\0")) return null;
  const { sql } = world.staff;
  const [customer] =
    await sql`select * from customers where reference = ${reference} and not is_house limit 1`;
  if (!customer) return null;
  const id = customer.id as CustomerId;
  const { columns, joins } = subjectParts(sql);
  const today = calendarDay(world.clock.now(), world.timeZone);
  const [balances, owed, debts, suspensions, invoices, services, payments, activities, unreached, goodwill] =
    await Promise.all([
      sql`select currency, posted_minor, held_minor from balances where customer_id = ${id} order by currency`,
      sql`
      select currency, sum(total_minor - amount_paid_minor - amount_credited_minor)::bigint as minor,
        coalesce(sum(total_minor - amount_paid_minor - amount_credited_minor)
          filter (where due_on < ${today}), 0)::bigint as past_due_minor
      from invoices where customer_id = ${id} and state = 'open' group by currency`,
      transact(world.staff, {}, (tx) => readDebts(tx.sql, id)),
      listSuspensions(actor, { customerId: id }, world),
      sql`
      select id, number, summary, state, currency, total_minor, due_on, amount_paid_minor,
        total_minor - amount_paid_minor - amount_credited_minor as remaining_minor, exists (
          select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id
            and ${isUnderWay(sql)}) as is_under_way
      from invoices i where customer_id = ${id} order by state <> 'open', issued_at desc, id desc limit ${newestMost}`,
      sql`
      select s.id, s.label, s.state, s.expires_at, p.name from services s join plans p on p.id = s.plan_id
      where s.customer_id = ${id} order by s.expires_at nulls first, s.id limit ${rowsMost}`,
      sql`
      select id, state, funding, origin, currency, balance_minor + card_minor + bank_minor as amount_minor, created_at
      from payments where customer_id = ${id} order by created_at desc, id desc limit ${newestMost}`,
      sql`
      select a.id, a.occurred_at, a.actor, a.verb, a.detail, u.name as who, false as is_house, ${columns}
      from activities a left join users u on u.id = a.user_id ${joins}
      where a.customer_id = ${id} and a.verb <> all(${[...customersTwins]})
        and not (${isOneOfItsTransfer(sql)}) order by a.id desc limit ${activitiesMost}`,
      readUnreached(sql, id),
      readGoodwills(sql, id),
    ]);
  return {
    id,
    unreached,
    reference: customer.reference,
    name: customer.name,
    email: customer.email,
    country: customer.country,
    currency: customer.currency,
    isClosed: customer.closed_at !== null,
    balances: await Promise.all(
      balances.map((row) =>
        balanceOf(world, actor, row as unknown as BalanceRow, goodwill.get(row.currency) ?? 0n),
      ),
    ),
    owed: owedOf(owed, debts),
    suspensions,
    invoices: invoices.map((row) => ({
      id: row.id,
      number: row.number,
      summary: row.summary,
      state: row.state,
      status: statusOf(
        {
          state: row.state,
          dueOn: row.due_on,
          amountPaidMinor: row.amount_paid_minor,
          isUnderWay: row.is_under_way,
        },
        calendarDay(world.clock.now(), world.timeZone),
      ),
      total: money(row.total_minor, row.currency),
      remaining: money(row.remaining_minor, row.currency),
      dueOn: row.due_on,
    })),
    services: services.map((row) => ({
      id: row.id,
      label: row.label,
      planName: row.name,
      state: row.state,
      expiresAt: row.expires_at,
    })),
    payments: payments.map((row) => ({
      id: row.id,
      state: row.state,
      funding: row.funding,
      origin: row.origin,
      amount: money(row.amount_minor, row.currency),
      createdAt: row.created_at,
    })),
    activities: activities.map((row) =>
      activityOf({ ...row, name: customer.name, reference: customer.reference }),
    ),
  };
}

function owedOf(
  rows: readonly Record<string, unknown>[],
  debts: ReadonlyMap<Currency, bigint>,
): CustomerPicture["owed"] {
  const owing = [...debts].filter(([, minor]) => minor > 0n).map(([currency]) => currency);
  const currencies = [...new Set([...rows.map((row) => row.currency as Currency), ...owing])].sort();
  return currencies.map((currency) => {
    const row = rows.find((one) => one.currency === currency);
    const debtMinor = debts.get(currency) ?? 0n;
    return {
      amount: money(((row?.minor as bigint | undefined) ?? 0n) + debtMinor, currency),
      pastDue: money((row?.past_due_minor as bigint | undefined) ?? 0n, currency),
      debt: money(debtMinor, currency),
    };
  });
}

interface BalanceRow {
  currency: Currency;
  posted_minor: bigint;
  held_minor: bigint;
}

async function balanceOf(
  { clock, staff, timeZone }: StaffWorld,
  { userId }: StaffActor,
  { currency, posted_minor: postedMinor, held_minor: heldMinor }: BalanceRow,
  goodwillMinor: bigint,
): Promise<CustomerPicture["balances"][number]> {
  const availableMinor = postedMinor - heldMinor;
  const leaves = money(mayLeaveMinor({ availableMinor, goodwillMinor }), currency);
  const leftToday = await payoutLeftToday(staff.sql, { userId, currency }, clock.now(), timeZone);
  return {
    posted: money(postedMinor, currency),
    held: money(heldMinor, currency),
    available: money(availableMinor, currency),
    leaves,
    payOutMost: min(leaves, leftToday),
    credit: money(least(availableMinor, goodwillMinor), currency),
  };
}
