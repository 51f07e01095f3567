import { mayStaff } from "@/lib/auth/staff-rights";
import * as drafts from "@/lib/billing/invoice/invoice-draft";
import type { CustomerId, InvoiceDraftId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { contentOf, type DraftInput, type DraftInputRefusal } from "./draft-input";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Which draft, in the version that its page showed; 0 for one that is to be. */
export interface DraftSeen {
  customerId: CustomerId;
  draftId: InvoiceDraftId;
  version: number;
}

type NotAllowed = { code: "not_allowed" };

/** Keeps an invoice by hand as a draft; from finance on. Of two at once one wins and the other is told. */
export async function saveDraft(
  actor: StaffActor,
  input: DraftSeen & DraftInput,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ version: number }, drafts.DraftRefusal | DraftInputRefusal | NotAllowed>> {
  if (!mayStaff(actor.role, "invoice.write")) return refuse({ code: "not_allowed" });
  const content = contentOf(input);
  if (!content.ok) return content;
  return drafts.saveInvoiceDraft(world, world.staff, refOf(actor, input), content.value);
}

/** Issues a draft as its page showed it; from finance on. Of two at once one wins and the other is told. */
export async function issueDraft(
  actor: StaffActor,
  seen: DraftSeen,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ number: string }, drafts.IssueDraftRefusal | NotAllowed>> {
  if (!mayStaff(actor.role, "invoice.write")) return refuse({ code: "not_allowed" });
  const issued = await drafts.issueInvoiceDraft(world, world.staff, refOf(actor, seen));
  return issued.ok ? ok({ number: issued.value.number }) : issued;
}

/** Throws a draft away; from finance on. */
export async function discardDraft(
  actor: StaffActor,
  seen: DraftSeen,
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, drafts.DraftRefusal | NotAllowed>> {
  if (!mayStaff(actor.role, "invoice.write")) return refuse({ code: "not_allowed" });
  return drafts.discardInvoiceDraft(world, world.staff, refOf(actor, seen));
}

function refOf({ userId }: StaffActor, { customerId, draftId, version }: DraftSeen): drafts.DraftRef {
  return { customerId, id: draftId, version, userId };
}
