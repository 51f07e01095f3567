import { mayStaff } from "@/lib/auth/staff-rights";
import { type CloseAndVoidRefusal, closeAndVoid } from "@/lib/billing/payment/close-and-void";
import type { EndingService, TermAfterVoid } from "@/lib/billing/payment/void-invoice";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export interface StaffVoided {
  number: string;
  also: string[];
  returned: Money;
  ending: EndingService[];
}

/**
 * Voids any open invoice, with a reason; from finance on. A renewal's term is billed again, or its service ends with the paid
 * term (domain.md, A3). An open payment is closed at Stripe first, and one that was
 * paid meanwhile wins (domain.md, Cancelling).
 */
export async function voidInvoice(
  actor: StaffActor,
  input: { customerId: CustomerId; invoiceId: InvoiceId; reason: string; term?: TermAfterVoid },
  world: StaffWorld = staffWorld(),
): Promise<Result<StaffVoided, CloseAndVoidRefusal | ReasonRefusal>> {
  if (!mayStaff(actor.role, "invoice.void")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const voided = await closeAndVoid(world, world.staff, {
    customerId: input.customerId,
    invoiceId: input.invoiceId,
    actor: "staff",
    userId: actor.userId,
    reason: "voided",
    note: checked.reason,
    term: input.term ?? "bill_again",
    permit: async () => true,
  });
  if (voided.kind === "refused") return refuse(voided.refusal);
  const { number, also, returnedMinor, currency, ending } = voided;
  return ok({ number, also, returned: money(returnedMinor, currency), ending });
}
