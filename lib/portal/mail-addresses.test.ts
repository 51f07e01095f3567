import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MailMember } from "@/lib/auth/main-address";
import { newId, type UserId } from "@/lib/kernel/id";
import { mailWithout, namedCopies } from "./mail-addresses";

const addresses = ["a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example"] as const;
const address = fc.constantFrom(...addresses);
const member = fc.record({
  email: address,
  role: fc.constantFrom("owner", "billing", "viewer" as const),
  canSignIn: fc.boolean(),
});
const people = fc
  .uniqueArray(member, { selector: ({ email }) => email, minLength: 1 })
  .map((all): MailMember[] => all.map((one) => ({ ...one, userId: newId<UserId>() })));
const some = fc.record({
  members: people,
  at: fc.nat(),
  main: address,
  copies: fc.uniqueArray(address),
  wish: fc.record({
    mainEmail: fc.option(address, { nil: undefined }),
    stopCopies: fc.uniqueArray(address),
  }),
  rights: fc.record({ ofMain: fc.boolean(), ofCopies: fc.boolean() }),
});

describe("mail about invoices, once a member is gone", () => {
  it("never has them as its main address, and its new one is a staying member's who can sign in", () => {
    fc.assert(
      fc.property(some, ({ members, at, main, copies, wish, rights }) => {
        const leaving = members[at % members.length];
        if (!leaving) return;
        const after = mailWithout({ main, copies }, members, leaving, wish, rights);
        if (!after.ok) return;
        expect(after.value.main).not.toBe(leaving.email);
        if (after.value.main === main) return;
        const next = members.find(({ email }) => email === after.value.main);
        expect(next?.canSignIn).toBe(true);
        expect(rights.ofMain || next?.role === "owner").toBe(true);
      }),
    );
  });

  it("loses only copies that were named, none of another member, and theirs alone without the right", () => {
    fc.assert(
      fc.property(some, ({ members, at, main, copies, wish, rights }) => {
        const leaving = members[at % members.length];
        if (!leaving) return;
        const after = mailWithout({ main, copies }, members, leaving, wish, rights);
        if (!after.ok) return;
        const others = members.filter((one) => one !== leaving).map(({ email }) => email);
        const lost = copies.filter((copy) => !after.value.copies.includes(copy));
        const mayLose = copies.filter(
          (copy) =>
            wish.stopCopies.includes(copy) &&
            (copy === leaving.email || (rights.ofCopies && !others.includes(copy))),
        );
        expect(lost).toEqual(mayLose);
      }),
    );
  });

  it("is not decided over addresses that were not shown", () => {
    const leaving: MailMember = {
      userId: newId<UserId>(),
      email: "a@x.example",
      role: "viewer",
      canSignIn: true,
    };
    const rights = { ofMain: true, ofCopies: true };
    const now = { main: "b@x.example", copies: ["a@x.example"] };
    const refused = { ok: false, refusal: { code: "mail_addresses_changed" } };
    expect(mailWithout(now, [leaving], leaving, { seenCopies: "" }, rights)).toEqual(refused);
    expect(mailWithout(now, [leaving], leaving, { mainEmail: "c@x.example" }, rights)).toEqual(refused);
    const seenCopies = namedCopies(now.copies);
    expect(mailWithout(now, [leaving], leaving, { seenCopies }, rights)).toEqual({ ok: true, value: now });
  });
});
