"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { customerAction } from "@/lib/auth/action";
import { type InvitationId, isUuid, type UserId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";
import * as members from "@/lib/portal/change-members";
import * as inviting from "@/lib/portal/invite-member";

const role = z.enum(["owner", "billing", "viewer"]);
const userId = z.string().refine(isUuid);

const RoleInput = z.strictObject({ userId, role });
const MemberInput = z.strictObject({ userId });
const InviteInput = z.strictObject({ email: z.string().max(254), role });
const InvitationInput = z.strictObject({ invitationId: z.string().refine(isUuid) });

export const changeMemberRole = customerAction(RoleInput, async (actor, input) =>
  shown(await members.changeMemberRole(actor, { ...input, userId: input.userId as UserId })),
);

export const removeMember = customerAction(MemberInput, async (actor, input) =>
  shown(await members.removeMember(actor, { userId: input.userId as UserId })),
);

export const inviteMember = customerAction(InviteInput, async (actor, input) =>
  shown(await inviting.inviteMember(actor, input)),
);

export const withdrawInvitation = customerAction(InvitationInput, async (actor, input) =>
  shown(await inviting.withdrawInvitation(actor, { invitationId: input.invitationId as InvitationId })),
);

/** The page as it is now goes along with the answer, also where it was refused because something changed. */
function shown<T extends Result<unknown>>(answer: T): T {
  revalidatePath("/settings/members");
  return answer;
}
