"use server";

import { getLocale } from "next-intl/server";
import { z } from "zod";
import * as team from "@/lib/admin/change-team";
import * as invites from "@/lib/admin/invite-staff";
import { staffMailing } from "@/lib/admin/staff-mailing";
import { logAccess } from "@/lib/auth/access-log";
import { staffAction } from "@/lib/auth/action";
import { staffRoles } from "@/lib/auth/actor";
import { isUuid, type UserId } from "@/lib/kernel/id";

const role = z.enum(staffRoles);
/** "none" is somebody who does not work here, any more. */
const roleOrNone = z.enum([...staffRoles, "none"]).transform((word) => (word === "none" ? null : word));

const InviteInput = z.strictObject({ email: z.string().max(1000), role });
const WithdrawInput = z.strictObject({ email: z.string().max(254) });
const ChangeInput = z.strictObject({
  userId: z
    .string()
    .refine(isUuid)
    .transform((text) => text as UserId),
  role: roleOrNone,
  seenRole: roleOrNone,
});

export const inviteStaff = staffAction("team.change", InviteInput, async (actor, input) => {
  const about = { invited: input.email, change: input.role };
  const answer = await invites.inviteStaff(actor, input, await staffMailing(await getLocale()));
  return logAccess("staff_invited", actor, about, answer);
});

export const withdrawInvite = staffAction("team.change", WithdrawInput, async (actor, input) =>
  logAccess(
    "staff_invite_withdrawn",
    actor,
    { invited: input.email },
    await invites.withdrawInvite(actor, input),
  ),
);

export const changeTeam = staffAction("team.change", ChangeInput, async (actor, input) => {
  const about = { subject: input.userId, change: input.role ?? "left" };
  return logAccess("staff_changed", actor, about, await team.changeTeam(actor, input));
});
