import { mayStaff } from "@/lib/auth/staff-rights";
import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import type { RefundRef } from "@/lib/billing/refund/read-refund";
import { settleRefund } from "@/lib/billing/refund/settle-refund";
import type { CustomerId, DisputeId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type SyncMoneyBackRefusal =
  | { code: "not_allowed" }
  | { code: "refund_not_found" }
  | { code: "gateway_unreachable" }
  | { code: "refund_quarantined" };

type Synced = Result<{ state: string }, SyncMoneyBackRefusal>;

/** Asks Stripe about a refund now and settles it as Stripe says: the same as webhook and poller do. From support on. */
export async function syncRefund(
  actor: StaffActor,
  ref: RefundRef,
  world: StaffWorld = staffWorld(),
): Promise<Synced> {
  if (!mayStaff(actor.role, "payment.sync")) return refuse({ code: "not_allowed" });
  return answerOf(await settleRefund(world, ref));
}

/** The same about a dispute. */
export async function syncDispute(
  actor: StaffActor,
  { customerId, disputeId }: { customerId: CustomerId; disputeId: DisputeId },
  world: StaffWorld = staffWorld(),
): Promise<Synced> {
  if (!mayStaff(actor.role, "payment.sync")) return refuse({ code: "not_allowed" });
  const [row] = await world.staff.sql`
    select stripe_dispute_id from disputes where customer_id = ${customerId} and id = ${disputeId}`;
  if (!row) return refuse({ code: "refund_not_found" });
  return answerOf(await settleDispute(world, row.stripe_dispute_id));
}

function answerOf(settled: { kind: string; state?: string }): Synced {
  switch (settled.kind) {
    case "settled":
      return ok({ state: settled.state ?? "unknown" });
    case "not_found":
      return refuse({ code: "refund_not_found" });
    case "quarantined":
      return refuse({ code: "refund_quarantined" });
    default:
      return refuse({ code: "gateway_unreachable" });
  }
}
