import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { closeAndVoid } from "../payment/close-and-void";
import { isOfTheData, parkCustomer } from "../renewal/park-customer";
import type { World } from "../world";
import { orderVoidDueBy } from "./order-void-days";

/**
 * Voids the orders that nobody paid, each after an open payment on it was closed at Stripe; while Stripe cannot say, it is
 * left for the next run. Returns how many were voided.
 */
export async function voidUnpaidOrders(world: World, most = 500): Promise<number> {
  const dueBefore = orderVoidDueBy({ now: world.clock.now(), timeZone: world.timeZone });
  const rows = await world.jobs.sql`
    select i.customer_id, i.id from invoices i
    where i.state = 'open' and i.origin = 'order' and i.due_at <= ${dueBefore}
      and not exists (select from tasks t where t.customer_id = i.customer_id and t.kind = 'renewal_parked'
        and t.subject_id = i.customer_id::text and t.done_at is null)
    order by i.customer_id, i.id limit ${most}`;
  let voided = 0;
  for (const row of rows) {
    const ref = { customerId: row.customer_id as CustomerId, invoiceId: row.id as InvoiceId };
    try {
      const answer = await closeAndVoid(world, world.jobs, {
        ...ref,
        actor: "system",
        userId: null,
        reason: "unpaid",
        note: "",
        permit: async () => true,
      });
      if (answer.kind === "voided") voided += 1;
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      await parkCustomer(world, ref.customerId, error);
    }
  }
  return voided;
}
