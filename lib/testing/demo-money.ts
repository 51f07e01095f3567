import type { Database } from "@/db/client";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import type { World } from "@/lib/billing/world";
import { calendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, type InvoiceId, newId, type UserId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { payFromBalance } from "@/lib/portal/pay";
import type { CustomerActor } from "@/lib/portal/shapes";
import type { DemoCustomer } from "./demo-cast";

interface MoneyStage extends World {
  readonly staff: Database;
  /** Who of the staff records what comes by bank. */
  readonly bookkeeper: UserId;
}

interface Payer extends DemoCustomer {
  readonly reference: string;
  readonly actor: CustomerActor;
}

/** Pays from the balance, after a transfer that brings it to what is due. */
export async function pay(stage: MoneyStage, payer: Payer, invoiceId: InvoiceId): Promise<void> {
  const [row] = await stage.jobs.sql`select number, total_minor from invoices where id = ${invoiceId}`;
  const totalMinor: bigint = row?.total_minor;
  await transfer(stage, payer, totalMinor, row?.number);
  const [after] = await stage.jobs.sql`select state from invoices where id = ${invoiceId}`;
  // Money that arrives settles an auto-renew invoice by itself.
  if (after?.state === "paid") return;
  const plan = { balanceMinor: totalMinor.toString(), cardMinor: "0", excessMinor: "0" };
  const paid = await payFromBalance(
    payer.actor,
    { paymentId: newId(stage.clock), invoiceIds: [invoiceId], plan },
    stage,
  );
  if (!paid.ok) throw new Error(`an invoice of the story could not be paid: ${paid.refusal.code}`);
}

/** A bank transfer of what is missing to so much available; the same reference on one day would be the same transfer. */
export async function transfer(stage: MoneyStage, payer: Payer, minor: bigint, what = ""): Promise<void> {
  const { currency, name, reference, actor } = payer;
  const { customerId } = actor;
  const [row] = await stage.jobs.sql`
    select posted_minor - held_minor as available from balances
    where customer_id = ${customerId} and currency = ${currency}`;
  const missing = minor - (row?.available ?? 0n);
  if (missing <= 0n) return;
  const receipt = {
    id: newId<BankReceiptId>(stage.clock),
    amount: money(missing, currency),
    valueDate: calendarDay(stage.clock.now(), stage.timeZone),
    reference: `${reference} ${what}`.trim(),
    sender: name,
    userId: stage.bookkeeper,
  };
  const recorded = await recordBankPayment(stage, stage.staff, { customerId, receipt, invoiceIds: [] });
  if (!recorded.ok) throw new Error(`a transfer of the story: ${recorded.refusal.code}`);
}

/** A little of the host's own money, with a word of why. */
export async function apologise(stage: MoneyStage, payer: Payer, userId: UserId): Promise<void> {
  const amount = money(500n, payer.currency);
  const reason = "For the outage of last month";
  await giveGoodwill(stage, stage.staff, { customerId: payer.actor.customerId, amount, reason, userId });
}
