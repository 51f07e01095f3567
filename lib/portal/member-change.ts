import type { MembershipRole } from "@/lib/auth/actor";
import type { UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";

/** A member, as they are under lock. */
export interface MemberFacts {
  readonly userId: UserId;
  readonly role: MembershipRole;
  /** False for a user who was disabled: such an owner looks after nothing. */
  readonly canSignIn: boolean;
}

export type MemberChange =
  | { kind: "role"; userId: UserId; role: MembershipRole }
  | { kind: "remove"; userId: UserId };

export type MemberRefusal =
  | { code: "member_not_found" }
  /** Nobody would be left who may change who belongs to the customer. */
  | { code: "last_owner" };

/** What becomes of the members, or why it is refused: after any change there is an owner who can sign in. */
export function decideMemberChange(
  members: readonly MemberFacts[],
  change: MemberChange,
): Result<readonly MemberFacts[], MemberRefusal> {
  const { userId } = change;
  const member = members.find((one) => one.userId === userId);
  if (!member) return refuse({ code: "member_not_found" });
  const left =
    change.kind === "remove"
      ? members.filter((one) => one !== member)
      : members.map((one) => (one === member ? { ...one, role: change.role } : one));
  // Who is no owner may go, whatever owners there are; else a customer whose owner was disabled could lose nobody.
  const wasOwner = member.role === "owner";
  return wasOwner && !left.some(isOwner) ? refuse({ code: "last_owner" }) : ok(left);
}

function isOwner({ role, canSignIn }: MemberFacts): boolean {
  return role === "owner" && canSignIn;
}
