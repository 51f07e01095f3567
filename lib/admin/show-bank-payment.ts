import type { CalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** What recording a payment by bank needs to show: the customer's open invoices, and the currencies they have. */
export interface BankPaymentPanel {
  customerId: CustomerId;
  reference: string;
  name: string;
  isClosed: boolean;
  /** The customer's own first. */
  currencies: Currency[];
  open: { id: InvoiceId; number: string; summary: string; remaining: Money; dueOn: CalendarDay }[];
}

const invoicesMost = 200;

/** Null if there is no customer of that reference. Every role of staff may look. */
export async function showBankPayment(
  _actor: StaffActor,
  { reference }: { reference: string },
  world: StaffWorld = staffWorld(),
): Promise<BankPaymentPanel | null> {
  if (reference.includes("\0")) return null;
  const { sql } = world.staff;
  const [customer] = await sql`
    select id, reference, name, currency, closed_at from customers where reference = ${reference} and not is_house limit 1`;
  if (!customer) return null;
  const [open, balances] = await Promise.all([
    sql`
      select id, number, summary, currency, due_on,
        total_minor - amount_paid_minor - amount_credited_minor as remaining_minor
      from invoices where customer_id = ${customer.id} and state = 'open' order by due_on, id limit ${invoicesMost}`,
    sql`select currency from balances where customer_id = ${customer.id} order by currency`,
  ]);
  const all = [customer.currency, ...open.map((row) => row.currency), ...balances.map((row) => row.currency)];
  return {
    customerId: customer.id,
    reference: customer.reference,
    name: customer.name,
    isClosed: customer.closed_at !== null,
    currencies: [...new Set(all)] as Currency[],
    open: open.map((row) => ({
      id: row.id,
      number: row.number,
      summary: row.summary,
      remaining: money(row.remaining_minor, row.currency),
      dueOn: row.due_on,
    })),
  };
}
