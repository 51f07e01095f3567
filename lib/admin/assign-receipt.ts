import { mayStaff } from "@/lib/auth/staff-rights";
import * as receipts from "@/lib/billing/payment/unmatched-receipt";
import type { BankReceiptId, CustomerId, InvoiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type AssignReceiptRefusal = receipts.AssignRefusal | { code: "not_allowed" };

/** What was assigned, and to whom. */
export interface AssignedReceipt {
  customerName: string;
  customerReference: string;
}

/**
 * Gives a receipt of an unknown sender to the customer with this reference, all of whose invoices named by their numbers
 * it then pays as far as it reaches; from finance on. Of two at once one wins, the other is told whose it is.
 */
export async function assignReceipt(
  actor: StaffActor,
  input: { receiptId: BankReceiptId; reference: string; numbers: readonly string[] },
  world: StaffWorld = staffWorld(),
): Promise<Result<AssignedReceipt, AssignReceiptRefusal>> {
  if (!mayStaff(actor.role, "bank.record")) return refuse({ code: "not_allowed" });
  const reference = input.reference.trim();
  if (reference.includes("\0")) return refuse({ code: "customer_not_found" });
  const [customer] = await world.staff.sql`
    select id, name, reference from customers
    where reference = any(${[reference, reference.toUpperCase()]}) and not is_house order by created_at limit 1`;
  if (!customer) return refuse({ code: "customer_not_found" });
  const customerId = customer.id as CustomerId;
  const invoiceIds = await invoicesOf(world, customerId, input.numbers);
  if (!invoiceIds) return refuse({ code: "invoice_not_found" });
  const assigned = await receipts.assignReceipt(world, world.staff, {
    receiptId: input.receiptId,
    customerId,
    invoiceIds,
    userId: actor.userId,
  });
  return assigned.ok ? ok({ customerName: customer.name, customerReference: customer.reference }) : assigned;
}

async function invoicesOf(
  world: StaffWorld,
  customerId: CustomerId,
  numbers: readonly string[],
): Promise<InvoiceId[] | null> {
  const wanted = [...new Set(numbers.map((number) => number.trim().toUpperCase()).filter(Boolean))];
  if (wanted.some((number) => number.includes("\0"))) return null;
  if (wanted.length === 0) return [];
  const rows = await world.staff.sql`
    select id from invoices where customer_id = ${customerId} and number = any(${wanted})`;
  return rows.length === wanted.length ? rows.map((row) => row.id as InvoiceId) : null;
}
