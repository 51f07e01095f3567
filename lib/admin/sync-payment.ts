import { mayStaff } from "@/lib/auth/staff-rights";
import { settle } from "@/lib/billing/payment/settle";
import type { CustomerId, PaymentId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { DeskRefusal, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Asks Stripe about a payment now and settles it as Stripe says: the same as webhook and poller do. From support on. */
export async function syncPayment(
  actor: StaffActor,
  ref: { customerId: CustomerId; paymentId: PaymentId },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ state: string }, DeskRefusal>> {
  if (!mayStaff(actor.role, "payment.sync")) return refuse({ code: "not_allowed" });
  const settled = await settle(world, ref);
  switch (settled.kind) {
    case "settled":
    case "second_charge":
      return ok({ state: settled.state });
    case "not_found":
      return refuse({ code: "payment_not_found" });
    case "unknown":
      return refuse({ code: "gateway_unreachable" });
    case "quarantined":
      return refuse({ code: "payment_quarantined" });
  }
}
