"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { logAccess } from "@/lib/auth/access-log";
import { customerAction } from "@/lib/auth/action";
import { type InvitationId, isUuid, type UserId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";
import * as members from "@/lib/portal/change-members";
import * as inviting from "@/lib/portal/invite-member";

const role = z.enum(["owner", "billing", "viewer"]);
const userId = z.string().refine(isUuid);

const RoleInput = z.strictObject({ userId, role });
const address = z.string().max(254);
const RemoveInput = z.strictObject({
  userId,
  mainEmail: address.optional(),
  stopCopies: z.array(address).max(20).optional(),
  seenCopies: z.string().max(5000).optional(),
});
const InviteInput = z.strictObject({ email: z.string().max(254), role });
const InvitationInput = z.strictObject({ invitationId: z.string().refine(isUuid) });

export const changeMemberRole = customerAction(RoleInput, async (actor, input) => {
  const about = { subject: input.userId, change: input.role };
  const answer = await members.changeMemberRole(actor, { ...input, userId: input.userId as UserId });
  return shown(await logAccess("member_changed", actor, about, answer));
});

export const removeMember = customerAction(RemoveInput, async (actor, input) => {
  const answer = await members.removeMember(actor, { ...input, userId: input.userId as UserId });
  return shown(await logAccess("member_removed", actor, { subject: input.userId }, answer));
});

export const inviteMember = customerAction(InviteInput, async (actor, input) => {
  const about = { invited: input.email, change: input.role };
  return shown(await logAccess("member_invited", actor, about, await inviting.inviteMember(actor, input)));
});

export const withdrawInvitation = customerAction(InvitationInput, async (actor, input) => {
  const invitationId = input.invitationId as InvitationId;
  const answer = await inviting.withdrawInvitation(actor, { invitationId });
  return shown(await logAccess("invitation_withdrawn", actor, { subject: invitationId }, answer));
});

/** The page as it is now goes along with the answer, also where it was refused because something changed. */
function shown<T extends Result<unknown>>(answer: T): T {
  revalidatePath("/settings/members");
  return answer;
}
