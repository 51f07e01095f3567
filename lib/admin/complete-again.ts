import { mayStaff } from "@/lib/auth/staff-rights";
import * as payment from "@/lib/billing/payment/complete-again";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type CompleteAgainRefusal = ReasonRefusal | payment.CompleteAgainRefusal | { code: "not_allowed" };

/** Delivers what was paid for and could not be delivered then, with a reason; from finance on. */
export async function completeAgain(
  actor: StaffActor,
  input: { customerId: CustomerId; invoiceId: InvoiceId; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ number: string }, CompleteAgainRefusal>> {
  if (!mayStaff(actor.role, "invoice.complete")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { customerId, invoiceId } = input;
  const wish = { customerId, invoiceId, userId: actor.userId, reason: checked.reason };
  return payment.completeAgain(world, world.staff, wish);
}
