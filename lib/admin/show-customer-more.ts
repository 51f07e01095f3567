import { isExpired } from "@/lib/billing/card/chosen-card";
import { movementReason } from "@/lib/billing/payment/movement-reason";
import type { CustomerId, PaymentMethodId, TransferId, UserId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { activityOf, type ListedActivity } from "./list-activities";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Beside money and services: who they are, with what they pay, what moved their balance, and what staff noted. */
export interface CustomerMore {
  movements: {
    id: TransferId;
    occurredAt: Date;
    reason: string;
    amount: Money;
    balanceAfter: Money;
    invoiceNumber: string | null;
  }[];
  cards: {
    id: PaymentMethodId;
    brand: string;
    last4: string;
    expiry: string;
    isExpired: boolean;
    isDefault: boolean;
  }[];
  users: {
    userId: UserId;
    name: string;
    email: string;
    role: "owner" | "billing" | "viewer";
    openSessions: number;
    lastSeenAt: Date | null;
    /** Since when they cannot sign in, by an act of staff. */
    disabledAt: Date | null;
    /** Works here now: that login is the team's page's to end. */
    isStaff: boolean;
  }[];
  notes: ListedActivity[];
}

const movementsMost = 20;

/** The newest of each. Every role of staff may look. */
export async function showCustomerMore(
  _actor: StaffActor,
  { customerId }: { customerId: CustomerId },
  world: StaffWorld = staffWorld(),
): Promise<CustomerMore> {
  const { sql } = world.staff;
  const now = world.clock.now();
  const [movements, cards, users, notes] = await Promise.all([
    readMovements(world, customerId),
    sql`
      select id, brand, last4, exp_month, exp_year, is_default from payment_methods
      where customer_id = ${customerId} and detached_at is null
      order by is_default desc, created_at desc, id desc limit 50`,
    sql`
      select u.id, u.name, u.email, m.role, u.disabled_at,
        exists (select from staff where user_id = u.id and disabled_at is null) as is_staff, count(s.id)::int as open_sessions, max(s.last_seen_at) as last_seen_at
      from memberships m join users u on u.id = m.user_id
      left join sessions s on s.user_id = u.id and s.revoked_at is null and s.expires_at > ${now} and s.section = 'portal'
      where m.customer_id = ${customerId}
      group by u.id, u.name, u.email, m.role, u.disabled_at, m.created_at order by m.created_at, u.id limit 200`,
    sql`
      select a.id, a.occurred_at, a.actor, a.verb, a.detail, u.name as who, true as is_house
      from activities a left join users u on u.id = a.user_id
      where a.customer_id = ${customerId} and a.subject_id = ${customerId} and a.verb = 'note_added'
      order by a.id desc limit 50`,
  ]);
  return {
    movements,
    cards: cards.map((row) => ({
      id: row.id as PaymentMethodId,
      brand: row.brand,
      last4: row.last4,
      expiry: `${String(row.exp_month).padStart(2, "0")}/${row.exp_year}`,
      isExpired: isExpired(
        { expMonth: row.exp_month, expYear: row.exp_year },
        { now, timeZone: world.timeZone },
      ),
      isDefault: row.is_default,
    })),
    users: users.map((row) => ({
      userId: row.id as UserId,
      name: row.name,
      email: row.email,
      role: row.role,
      openSessions: row.open_sessions,
      lastSeenAt: row.last_seen_at,
      disabledAt: row.disabled_at,
      isStaff: row.is_staff,
    })),
    notes: notes.map(activityOf),
  };
}

/** Of each currency the newest, with the balance after each: what is posted now less what came after it. */
async function readMovements(world: StaffWorld, customerId: CustomerId): Promise<CustomerMore["movements"]> {
  const rows = await world.staff.sql`
    select m.*, i.number,
      b.posted_minor - (sum(m.signed_minor) over (partition by m.currency order by m.seq desc) - m.signed_minor)::bigint
        as after_minor
    from balances b cross join lateral (
      select t.customer_id, t.id, t.seq, t.currency, t.occurred_at, t.reason, t.debit, t.invoice_id,
        case when t.credit = 'customer_balance' then t.amount_minor else -t.amount_minor end as signed_minor
      from transfers t
      where t.customer_id = b.customer_id and t.currency = b.currency and t.kind in ('posted', 'post')
        and (t.debit = 'customer_balance' or t.credit = 'customer_balance')
      order by t.seq desc limit ${movementsMost}) m
    left join invoices i on i.customer_id = m.customer_id and i.id = m.invoice_id
    where b.customer_id = ${customerId} order by m.occurred_at desc, m.seq desc limit ${movementsMost}`;
  return rows.map((row) => ({
    id: row.id as TransferId,
    occurredAt: row.occurred_at,
    reason: movementReason({ reason: row.reason, debit: row.debit }),
    amount: money(row.signed_minor, row.currency as Currency),
    balanceAfter: money(row.after_minor, row.currency as Currency),
    invoiceNumber: row.number,
  }));
}
