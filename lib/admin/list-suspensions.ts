import { transact } from "@/db/transaction";
import { readSuspensions, type Suspension } from "@/lib/billing/suspension/read-suspensions";
import type { CustomerId } from "@/lib/kernel/id";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/**
 * What of a customer's is suspended, and what will be within a week: with the amount that restores it and the day
 * (domain.md, A4). Every role of staff may look.
 */
export function listSuspensions(
  _actor: StaffActor,
  { customerId }: { customerId: CustomerId },
  world: StaffWorld = staffWorld(),
): Promise<Suspension[]> {
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  return transact(world.staff, {}, ({ sql }) => readSuspensions(sql, customerId, today));
}
