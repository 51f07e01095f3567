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
): Promise<
  Result<{ version: number; reference: string }, drafts.DraftRefusal | DraftInputRefusal | NotAllowed>
> {
  if (!mayStaff(actor.role, "invoice.write")) return refuse({ code: "not_allowed" });
  const content = contentOf(input);
  if (!content.ok) return content;
  const saved = await drafts.saveInvoiceDraft(world, world.staff, refOf(actor, input), content.value);
  return saved.ok ? ok({ ...saved.value, reference: await referenceOf(world, input) }) : saved;
}

/** Issues a draft as its page showed it; from finance on. Of two at once one wins and the other is told. */
export async function issueDraft(
  actor: StaffActor,
  seen: DraftSeen,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ number: string; reference: string }, drafts.IssueDraftRefusal | NotAllowed>> {
  if (!mayStaff(actor.role, "invoice.write")) return refuse({ code: "not_allowed" });
  const issued = await drafts.issueInvoiceDraft(world, world.staff, refOf(actor, seen));
  if (!issued.ok) return issued;
  return ok({ number: issued.value.number, reference: await referenceOf(world, seen) });
}

/** Throws a draft away; from finance on. */
export async function discardDraft(
  actor: StaffActor,
  seen: DraftSeen,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ reference: string }, drafts.DraftRefusal | NotAllowed>> {
  if (!mayStaff(actor.role, "invoice.write")) return refuse({ code: "not_allowed" });
  const discarded = await drafts.discardInvoiceDraft(world, world.staff, refOf(actor, seen));
  return discarded.ok ? ok({ reference: await referenceOf(world, seen) }) : discarded;
}

/** The customer's reference, by which their pages go. */
async function referenceOf(world: StaffWorld, { customerId }: DraftSeen): Promise<string> {
  const [row] = await world.staff.sql`select reference from customers where id = ${customerId}`;
  return row?.reference ?? "";
}

function refOf({ userId }: StaffActor, { customerId, draftId, version }: DraftSeen): drafts.DraftRef {
  return { customerId, id: draftId, version, userId };
}
