import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";

/**
 * Of two who change the members at once the second waits here, and then reads what the first left. The customer's row
 * stands for all of its members: also for those who are only joining.
 */
export function lockMembers(sql: ReservedSql, { customerId }: { customerId: CustomerId }) {
  return sql`select from customers where id = ${customerId} for no key update`.execute();
}
