import type { CalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { accountStanding } from "../card/stripe-account";
import { daysFromDue, dueIn } from "../invoice/days-from-due";
import { usedItsDay } from "../payment/charge-size";
import { isNotParked, orPark } from "../renewal/park-customer";
import type { World } from "../world";
import { chargeStarted } from "./charge";
import { attemptDays, isAttemptDue } from "./schedule";
import { startAutoPayment } from "./start-auto-payment";
import { startAutoTopUp } from "./start-auto-top-up";

/** What a pass did, in customers and currencies. */
export interface ChargeProgress {
  /** A card was charged, whatever came of it. */
  charged: number;
  /** The balance covered it after all. */
  paid: number;
  parked: number;
}

/**
 * Charges the cards of customers who turned auto-pay on, for the renewals whose day has come (domain.md, Renewing): one
 * charge for all of a customer's in a currency, balance first. Each attempt is a payment of its own, stored before Stripe
 * is called: killed in between, the poller brings it to its end, and its day is used. Under keys of another account than
 * ours nobody is charged: their attempts are kept for the right one.
 */
export async function chargeDue(world: World, customersMost = 200): Promise<ChargeProgress> {
  const progress: ChargeProgress = { charged: 0, paid: 0, parked: 0 };
  if ((await accountStanding(world)) === "other") return progress;
  let after: CustomerId | null = null;
  for (;;) {
    const due: DueCharge[] = await dueCharges(world, after, customersMost);
    const last = due.at(-1);
    if (!last) return progress;
    for (const { customerId, currency, invoices } of due) {
      const ids = invoices.filter(isDue(world)).map(({ id }) => id);
      if (ids.length === 0) continue;
      const done = await orPark(world, customerId, () => chargeOne(world, customerId, currency, ids));
      if (done !== "nothing") progress[done] += 1;
    }
    after = last.customerId;
  }
}

async function chargeOne(
  world: World,
  customerId: CustomerId,
  currency: Currency,
  invoiceIds: readonly InvoiceId[],
): Promise<"charged" | "paid" | "nothing"> {
  // A top-up that covers it goes first; if it fails, auto-pay goes on at its next day.
  const wish = { customerId, currency, invoiceIds };
  const toppedUp = await chargeStarted(world, async () => {
    const paymentId = await startAutoTopUp(world, wish);
    return paymentId && { customerId, paymentId };
  });
  if (toppedUp) return "charged";
  let kind: "paid" | "nothing" = "nothing";
  const paid = await chargeStarted(world, async () => {
    const started = await startAutoPayment(world, wish);
    if (started.kind === "stored") return { customerId, paymentId: started.paymentId };
    kind = started.kind;
    return null;
  });
  return paid ? "charged" : kind;
}

interface DueCharge {
  customerId: CustomerId;
  currency: Currency;
  invoices: { id: InvoiceId; dueOn: CalendarDay; attemptedAt: Date[] }[];
}

function isDue({ clock, timeZone }: World) {
  const now = clock.now();
  return ({ dueOn, attemptedAt }: DueCharge["invoices"][number]) =>
    isAttemptDue(
      daysFromDue(dueOn, now, timeZone),
      attemptedAt.map((at) => daysFromDue(dueOn, at, timeZone)),
    );
}

/** Unpaid renewals whose first day of the schedule has come, of customers whose card may be charged; of the next customers. */
async function dueCharges(
  world: World,
  after: CustomerId | null,
  customersMost: number,
): Promise<DueCharge[]> {
  const until = dueIn(-attemptDays[0], world.clock.now(), world.timeZone);
  const { sql } = world.jobs;
  const rows = await sql`
    with chosen as materialized (
      select a.customer_id from auto_charges a
      join customers c on c.id = a.customer_id and c.closed_at is null
      where a.pays_invoices and a.stopped_at is null
        and a.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and exists (select from invoices i where i.customer_id = a.customer_id and i.state = 'open'
          and i.origin = 'renewal' and i.due_on <= ${until})
        and ${isNotParked(sql, "a.customer_id")}
      order by a.customer_id limit ${customersMost}
    )
    select i.customer_id, i.currency, json_agg(json_build_object('id', i.id, 'dueOn', i.due_on, 'attemptedAt', array(
      select p.created_at from payment_shares h join payments p on p.customer_id = h.customer_id and p.id = h.payment_id
      where h.customer_id = i.customer_id and h.invoice_id = i.id and p.origin = 'auto' and p.card_minor > 0
        and ${usedItsDay(sql)}
    )) order by i.due_on, i.id) as invoices
    from invoices i join chosen using (customer_id)
    where i.state = 'open' and i.origin = 'renewal' and i.due_on <= ${until}
      and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
    group by i.customer_id, i.currency order by i.customer_id, i.currency`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    currency: row.currency,
    invoices: (row.invoices as { id: InvoiceId; dueOn: CalendarDay; attemptedAt: string[] }[]).map(
      (invoice) => ({
        id: invoice.id,
        dueOn: invoice.dueOn,
        attemptedAt: invoice.attemptedAt.map((at) => new Date(at)),
      }),
    ),
  }));
}
