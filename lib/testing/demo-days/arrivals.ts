import { daysFromDue } from "@/lib/billing/invoice/days-from-due";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import { settle } from "@/lib/billing/payment/settle";
import { addCalendarDays, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import {
  type BankReceiptId,
  type CustomerId,
  type InvoiceId,
  newId,
  type PaymentId,
  type SessionId,
  type UserId,
} from "@/lib/kernel/id";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { payCombined, payDirect } from "@/lib/portal/pay";
import { previewPlan } from "@/lib/portal/preview-plan";
import type { CustomerActor, PayOutcome } from "@/lib/portal/shapes";
import { showTopUp } from "@/lib/portal/show-top-up";
import { topUp } from "@/lib/portal/top-up";
import type { Tally } from "../simulator/tally";
import type { DemoStage } from "./demo-stage";

/** So many days from due customers pay: ahead, on the day, in grace, suspended, and when termination is near. */
const habits = [-3, 0, 2, 5, 9, 16] as const;

/** The oldest open invoice of a customer, and who of them pays it. */
interface Waiting {
  actor: CustomerActor;
  customerId: CustomerId;
  invoiceId: InvoiceId;
  number: string;
  currency: Currency;
  remainingMinor: bigint;
  dueOn: CalendarDay;
  /** The customers in the order of their references. */
  index: number;
}

/**
 * Customers pay what is open, each at a time of their own and in their own way, by what people use: a top-up begun from the
 * invoice, of just what is missing; a card on Stripe's page; balance and card; a bank transfer that staff record.
 */
export async function letMoneyArrive(stage: DemoStage, tally: Tally): Promise<void> {
  const { clock, timeZone } = stage.world;
  for (const one of await waiting(stage)) {
    const days = daysFromDue(one.dueOn, clock.now(), timeZone);
    if (days < (habits[one.index % habits.length] ?? 0)) continue;
    const [name, pay] = ways[(one.index + one.number.length + Math.floor(one.index / 4)) % ways.length] ?? [];
    if (!name || !pay) continue;
    await pay(stage, one);
    tally.add(name);
  }
}

const ways: readonly (readonly [string, (stage: DemoStage, one: Waiting) => Promise<void>])[] = [
  ["top-up of what is missing", topUpMissing],
  ["card", (stage, one) => payByCard(stage, one, "none")],
  ["balance and card", (stage, one) => payByCard(stage, one, "all")],
  ["bank", payByBank],
];

async function waiting({ owner }: DemoStage): Promise<Waiting[]> {
  const rows = await owner`
    with numbered as (
      select id, row_number() over (order by reference) as index from customers
      where not is_house and closed_at is null and reference is not null
    )
    select distinct on (i.customer_id) i.customer_id, i.id, i.number, i.currency, i.due_on, n.index,
      i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor, (
        select m.user_id from memberships m where m.customer_id = i.customer_id and m.role = 'owner' limit 1) as user_id
    from invoices i join numbered n on n.id = i.customer_id
    where i.state = 'open'
      and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
    order by i.customer_id, i.due_on, i.id`;
  return rows.map((row) => ({
    actor: { customerId: row.customer_id, userId: row.user_id as UserId, sessionId: newSession },
    customerId: row.customer_id,
    invoiceId: row.id,
    number: row.number,
    currency: row.currency,
    remainingMinor: row.remaining_minor,
    dueOn: row.due_on,
    index: Number(row.index),
  }));
}

const newSession = "00000000-0000-7000-8000-000000000000" as SessionId;

async function topUpMissing(stage: DemoStage, one: Waiting): Promise<void> {
  const { world } = stage;
  const panel = await showTopUp(one.actor, { invoiceNumber: one.number }, world);
  if (!panel.ok) throw new Error(`${one.number} is topped up for: ${panel.refusal.code}`);
  const offered = panel.value.begunFrom?.offer?.amount;
  // The balance covers it already, and auto-renew is off: it is for its customer to pay.
  if (!offered) return payByCard(stage, one, "all");
  const paymentId = newId<PaymentId>(world.clock);
  const wish = { paymentId, currency: one.currency, amount: toDecimal(offered), invoiceId: one.invoiceId };
  await atStripe(stage, one, paymentId, await topUp(one.actor, wish, world));
}

async function payByCard(stage: DemoStage, one: Waiting, useBalance: "none" | "all"): Promise<void> {
  const { world } = stage;
  const preview = await previewPlan(one.actor, { invoiceIds: [one.invoiceId], useBalance }, world);
  if (!preview.ok) throw new Error(`no plan for ${one.number}: ${preview.refusal.code}`);
  const paymentId = newId<PaymentId>(world.clock);
  const input = { paymentId, invoiceIds: [one.invoiceId], plan: preview.value.plan };
  const start = useBalance === "all" ? payCombined : payDirect;
  await atStripe(stage, one, paymentId, await start(one.actor, input, world));
}

/** Pays on Stripe's page. Every other customer comes back from there; of the rest the poller hears. */
async function atStripe(
  stage: DemoStage,
  { customerId, number, index }: Waiting,
  paymentId: PaymentId,
  started: { ok: true; value: PayOutcome } | { ok: false; refusal: { code: string } },
): Promise<void> {
  if (!started.ok) throw new Error(`${number} is paid: ${started.refusal.code}`);
  if (started.value.kind !== "redirect") return;
  const [row] = await stage.owner`select stripe_session_id from payments where id = ${paymentId}`;
  await stage.control.pay(row?.stripe_session_id);
  if (index % 2 === 0) await settle(stage.world, { customerId, paymentId });
}

async function payByBank(stage: DemoStage, one: Waiting): Promise<void> {
  const { world, owner } = stage;
  const [finance] = await owner`select user_id from staff where role = 'finance' limit 1`;
  const recorded = await recordBankPayment(world, world.staff, {
    customerId: one.customerId,
    receipt: {
      id: newId<BankReceiptId>(world.clock),
      amount: money(one.remainingMinor, one.currency),
      valueDate: addCalendarDays(calendarDay(world.clock.now(), world.timeZone), -1),
      reference: one.number,
      sender: "",
      userId: finance?.user_id,
    },
    invoiceIds: [one.invoiceId],
  });
  if (!recorded.ok) throw new Error(`the transfer for ${one.number} is recorded: ${recorded.refusal.code}`);
}
