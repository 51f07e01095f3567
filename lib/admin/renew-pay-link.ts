import { mayStaff } from "@/lib/auth/staff-rights";
import { type RevokeRefusal, revokePayLinks } from "@/lib/billing/payment/revoke-pay-links";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/**
 * Ends the pay links of an open invoice, where one of them got into wrong hands, and answers with a new one for the
 * customer. From support on.
 */
export async function renewPayLink(
  actor: StaffActor,
  { customerId, invoiceId }: { customerId: CustomerId; invoiceId: InvoiceId },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ url: string }, RevokeRefusal>> {
  if (!mayStaff(actor.role, "pay_link.renew")) return refuse({ code: "not_allowed" });
  const revoked = await revokePayLinks(world, world.staff, {
    customerId,
    invoiceId,
    actor: "staff",
    userId: actor.userId,
    permit: async () => true,
  });
  return revoked.kind === "refused" ? refuse(revoked.refusal) : ok({ url: revoked.url });
}
