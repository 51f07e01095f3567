import { mayStaff } from "@/lib/auth/staff-rights";
import * as receipts from "@/lib/billing/payment/unmatched-receipt";
import type { BankReceiptId } from "@/lib/kernel/id";
import { type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Books that money nobody could be found for was sent back, with a reason; from finance on. */
export async function returnReceipt(
  actor: StaffActor,
  input: { receiptId: BankReceiptId; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, receipts.ReturnRefusal | ReasonRefusal | { code: "not_allowed" }>> {
  if (!mayStaff(actor.role, "bank.record")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { receiptId } = input;
  const { userId } = actor;
  return receipts.returnReceipt(world, world.staff, { receiptId, reason: checked.reason, userId });
}
