import type { ReservedSql } from "@/db/client";
import { type Receipt, receiptOf } from "@/lib/billing/payment/receipt";
import type { World } from "@/lib/billing/world";
import type { CustomerId, PaymentId } from "@/lib/kernel/id";
import { add } from "@/lib/kernel/money";
import { isToBeTold, waitsForOthers } from "./told-together";

/** What renewed by itself: as the receipt of one payment, however many there were. */
export interface RenewedNews {
  renewed: Pick<Receipt, "fromBalance" | "paid" | "services">;
  /** Further rows of the outbox whose renewals this mail tells. */
  alsoTold: string[];
}

/**
 * Of all renewals that the balance paid and whose mail waits, in the currency of this row's, the mail of the first that may go
 * out tells; the others are told elsewhere. One that staff send again tells what it told before. Null if this one is told.
 */
export async function renewedNews(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  outboxId: string,
): Promise<RenewedNews | "elsewhere" | null> {
  const rows = await sql`
    with told as (
      select o.id, p.id as payment_id, p.currency, 
        o.handled_at is null and not ${waitsForOthers(sql, world)} as is_ready from outbox o
      join payments p on p.customer_id = o.customer_id and p.id = (o.payload->>'paymentId')::uuid
      where o.customer_id = ${customerId} and o.topic = 'renewal.paid' and ${isToBeTold(sql)})
    select id, payment_id, is_ready from told
    where currency in (select currency from told where id = ${outboxId}) order by id`;
  if (!rows.some((row) => row.id === outboxId)) return null;
  if (rows.find((row) => row.is_ready)?.id !== outboxId) return "elsewhere";
  const receipts = await Promise.all(
    rows.map((row) => receiptOf(sql, customerId, row.payment_id as PaymentId)),
  );
  const [first, ...others] = receipts.filter((receipt) => receipt !== null);
  if (!first) return null;
  return {
    renewed: others.reduce<RenewedNews["renewed"]>(
      (all, { fromBalance, paid, services }) => ({
        fromBalance: add(all.fromBalance, fromBalance),
        paid: [...all.paid, ...paid],
        services: [...all.services, ...services],
      }),
      first,
    ),
    alsoTold: rows.map(({ id }) => id as string).filter((id) => id !== outboxId),
  };
}
