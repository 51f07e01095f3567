import type { Database } from "@/db/client";
import { issueInvoiceDraft, saveInvoiceDraft } from "@/lib/billing/invoice/invoice-draft";
import type { BankReceipt } from "@/lib/billing/payment/decide-bank-payment";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import { recordUnmatchedReceipt } from "@/lib/billing/payment/unmatched-receipt";
import type { World } from "@/lib/billing/world";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import {
  type BankReceiptId,
  type CustomerId,
  type InvoiceDraftId,
  type InvoiceId,
  newId,
  type UserId,
} from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";

interface BankStage extends World {
  readonly staff: Database;
}

interface BankPlayer {
  readonly name: string;
  readonly customerId: CustomerId;
  readonly currency: Currency;
}

/**
 * What staff did of late by hand: transfers of all that was due, of a part and of too much; two whose sender nobody
 * knows, one of which names an invoice; an invoice by hand and a draft. `quiet` are customers to whom nothing else
 * happens, `drafted` the one whose invoice is still being written.
 */
export async function playBank(
  stage: BankStage,
  {
    quiet,
    drafted,
    userId,
  }: { quiet: readonly BankPlayer[]; drafted: BankPlayer | undefined; userId: UserId },
): Promise<void> {
  const debtors = await withOpenInvoice(stage, quiet);
  const parts = [
    { player: debtors[0], of: (due: bigint) => due, note: "Überweisung" },
    { player: debtors[1], of: (due: bigint) => due / 2n, note: "first half" },
    { player: debtors[2], of: (due: bigint) => due + 500n, note: "rounded up" },
  ];
  for (const [index, { player, of, note }] of parts.entries()) {
    if (!player) continue;
    const { customerId, currency, name, invoice } = player;
    const receipt = receiptOf(stage, userId, {
      amount: money(of(invoice.dueMinor), currency),
      reference: `${invoice.number} ${note}`,
      sender: name,
      daysAgo: index + 1,
    });
    const recorded = await recordBankPayment(stage, stage.staff, {
      customerId,
      receipt,
      invoiceIds: [invoice.id],
    });
    if (!recorded.ok) throw new Error(`a transfer of the story: ${recorded.refusal.code}`);
  }
  const named = debtors[3];
  if (named) {
    await recordUnmatchedReceipt(
      stage,
      stage.staff,
      receiptOf(stage, userId, {
        amount: money(named.invoice.dueMinor, named.currency),
        reference: `Re ${named.invoice.number}`,
        sender: "Steuerbüro Haubentaucher",
        daysAgo: 1,
      }),
    );
  }
  await recordUnmatchedReceipt(
    stage,
    stage.staff,
    receiptOf(stage, userId, {
      amount: money(4_200n, "EUR"),
      reference: "Hosting November",
      sender: "Gänsehof GbR",
      daysAgo: 2,
    }),
  );
  await playDrafts(stage, { issued: quiet[0], drafted, userId });
}

interface Debtor extends BankPlayer {
  invoice: { id: InvoiceId; number: string; dueMinor: bigint };
}

/** Those who owe something that nobody is paying, with the first of it. */
async function withOpenInvoice(stage: BankStage, players: readonly BankPlayer[]): Promise<Debtor[]> {
  const debtors: Debtor[] = [];
  for (const player of players) {
    const [row] = await stage.jobs.sql`
      select id, number, total_minor - amount_paid_minor - amount_credited_minor as due_minor from invoices i
      where customer_id = ${player.customerId} and state = 'open' and currency = ${player.currency}
        and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
      order by due_on, id limit 1`;
    if (row)
      debtors.push({ ...player, invoice: { id: row.id, number: row.number, dueMinor: row.due_minor } });
  }
  return debtors;
}

function receiptOf(
  stage: BankStage,
  userId: UserId,
  said: { amount: Money; reference: string; sender: string; daysAgo: number },
): BankReceipt {
  const { amount, reference, sender, daysAgo } = said;
  const today = calendarDay(stage.clock.now(), stage.timeZone);
  const valueDate = addCalendarDays(today, -daysAgo);
  return { id: newId<BankReceiptId>(stage.clock), amount, valueDate, reference, sender, userId };
}

async function playDrafts(
  stage: BankStage,
  { issued, drafted, userId }: { issued?: BankPlayer; drafted: BankPlayer | undefined; userId: UserId },
): Promise<void> {
  for (const player of [issued, drafted]) {
    if (!player) continue;
    const { customerId, currency } = player;
    const ref = { customerId, id: newId<InvoiceDraftId>(stage.clock), version: 0, userId };
    const hour = currency === "JPY" ? 9_000n : 8_500n;
    const saved = await saveInvoiceDraft(stage, stage.staff, ref, {
      currency,
      dueDays: 14,
      note: "As agreed by phone.",
      lines: [
        { description: "Moving of two servers, hours", quantity: "3", unitMinor: hour, taxRatePpm: 190_000 },
        { description: "For long standing", quantity: "1", unitMinor: -hour / 2n, taxRatePpm: 190_000 },
      ],
    });
    if (saved.ok && player === issued) {
      await issueInvoiceDraft(stage, stage.staff, { ...ref, version: saved.value.version });
    }
  }
}
