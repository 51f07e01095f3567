import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UserId } from "@/lib/kernel/id";
import { decideMemberChange, type MemberChange, type MemberFacts } from "./member-change";

const [ada, ben, cy] = ["ada", "ben", "cy"] as UserId[] as [UserId, UserId, UserId];
const owner = (userId: UserId, canSignIn = true): MemberFacts => ({ userId, role: "owner", canSignIn });
const lastOwner = { ok: false, refusal: { code: "last_owner" } };

describe("a change of members", () => {
  it("is refused when it would leave no owner, whether they go or step down", () => {
    const members = [owner(ada), { userId: ben, role: "billing", canSignIn: true } as const];
    expect(decideMemberChange(members, { kind: "remove", userId: ada })).toEqual(lastOwner);
    expect(decideMemberChange(members, { kind: "role", userId: ada, role: "viewer" })).toEqual(lastOwner);
    expect(decideMemberChange(members, { kind: "remove", userId: ben })).toMatchObject({ ok: true });
  });

  it("does not count an owner who was disabled", () => {
    const members = [owner(ada), owner(ben, false)];
    expect(decideMemberChange(members, { kind: "remove", userId: ada })).toEqual(lastOwner);
    expect(decideMemberChange(members, { kind: "remove", userId: ben })).toMatchObject({ ok: true });
  });

  it("is refused for who is no member", () => {
    expect(decideMemberChange([owner(ada)], { kind: "remove", userId: cy })).toEqual({
      ok: false,
      refusal: { code: "member_not_found" },
    });
  });

  it("after any other, however many there were, leaves an owner who can sign in", () => {
    const userId = fc.constantFrom(ada, ben, cy);
    const role = fc.constantFrom("owner", "billing", "viewer");
    const change = fc.oneof(
      fc.record({ kind: fc.constant("remove"), userId }),
      fc.record({ kind: fc.constant("role"), userId, role }),
    ) as fc.Arbitrary<MemberChange>;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const end = changes.reduce<readonly MemberFacts[]>(
          (members, one) => {
            const decided = decideMemberChange(members, one);
            return decided.ok ? decided.value : members;
          },
          [owner(ada), owner(ben), owner(cy, false)],
        );
        expect(end.some((member) => member.role === "owner" && member.canSignIn)).toBe(true);
      }),
    );
  });
});
