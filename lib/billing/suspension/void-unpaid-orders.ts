import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { closeAndVoid } from "../payment/close-and-void";
import { isNotParked, orPark } from "../renewal/park-customer";
import type { World } from "../world";
import { orderVoidDueBefore } from "./order-void-days";

/**
 * Voids the orders that nobody paid, each after an open payment on it was closed at Stripe; while Stripe cannot say, it is
 * left for the next run. Returns how many were voided.
 */
export async function voidUnpaidOrders(world: World, most = 500): Promise<number> {
  let voided = 0;
  let after: Order | null = null;
  for (;;) {
    const orders: Order[] = await unpaidOrders(world, after, most);
    for (const order of orders) {
      if ((await orPark(world, order.customerId, () => voidOne(world, order))) === "voided") voided += 1;
      after = order;
    }
    if (orders.length < most) return voided;
  }
}

interface Order {
  customerId: CustomerId;
  invoiceId: InvoiceId;
}

async function unpaidOrders(world: World, after: Order | null, most: number): Promise<Order[]> {
  const { sql } = world.jobs;
  const dueBefore = orderVoidDueBefore({ now: world.clock.now(), timeZone: world.timeZone });
  const rows = await sql`
    select i.customer_id, i.id from invoices i
    where i.state = 'open' and i.origin = 'order' and i.due_on < ${dueBefore}
      and ${isNotParked(sql, "i.customer_id")}
      ${after ? sql`and (i.customer_id, i.id) > (${after.customerId}, ${after.invoiceId})` : sql``}
    order by i.customer_id, i.id limit ${most}`;
  return rows.map((row) => ({ customerId: row.customer_id, invoiceId: row.id }));
}

async function voidOne(world: World, order: Order): Promise<"voided" | null> {
  const { kind } = await closeAndVoid(world, world.jobs, {
    ...order,
    actor: "system",
    userId: null,
    reason: "unpaid",
    note: "",
    permit: async () => true,
  });
  return kind === "voided" ? kind : null;
}
