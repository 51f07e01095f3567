import { mayStaff } from "@/lib/auth/staff-rights";
import * as refunds from "@/lib/billing/refund/attach-refund";
import type { RefundRef } from "@/lib/billing/refund/read-refund";
import type { Money } from "@/lib/kernel/money";
import { type Result, refuse } from "@/lib/kernel/result";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type AttachRefundRefusal = refunds.AttachRefundRefusal | { code: "not_allowed" };

/** Takes a refund that was made at Stripe itself from the customer's balance, as far as there is any; from finance on. */
export async function attachRefund(
  actor: StaffActor,
  ref: RefundRef,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ taken: Money; waiting: Money }, AttachRefundRefusal>> {
  if (!mayStaff(actor.role, "refund.make")) return refuse({ code: "not_allowed" });
  return refunds.attachRefund(world, world.staff, { ...ref, userId: actor.userId });
}
