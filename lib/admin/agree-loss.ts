import { mayStaff } from "@/lib/auth/staff-rights";
import * as dispute from "@/lib/billing/dispute/agree-loss";
import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import type { CustomerId, DisputeId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type AgreeLossRefusal = ReasonRefusal | dispute.AgreeLossRefusal | { code: "not_allowed" };

/**
 * Says that what a bank keeps of a dispute is lost, with a reason; from finance on. It is booked at once if Stripe says that
 * the dispute is over, or as soon as it does.
 */
export async function agreeLoss(
  actor: StaffActor,
  input: { customerId: CustomerId; disputeId: DisputeId; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ state: string }, AgreeLossRefusal>> {
  if (!mayStaff(actor.role, "refund.make")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { customerId, disputeId } = input;
  const wish = { customerId, disputeId, userId: actor.userId, reason: checked.reason };
  const agreed = await dispute.agreeLoss(world, world.staff, wish);
  if (!agreed.ok) return agreed;
  const settled = await settleDispute(world, agreed.value.stripeDisputeId);
  return ok({ state: settled.kind === "settled" ? settled.state : "open" });
}
