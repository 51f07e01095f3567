import { describe, expect, it } from "vitest";
import type { MembershipRole } from "./actor";
import { type MemberRight, type MemberRightName, memberRightList, memberRights } from "./member-rights";

const names = Object.keys(memberRights) as MemberRightName[];
const right = (name: MemberRightName): MemberRight => memberRights[name];
const ofRole = (role: MembershipRole) => names.filter((name) => right(name).roles.includes(role));

describe("the rights of members", () => {
  it("an owner may do everything", () => {
    expect(ofRole("owner")).toEqual(names);
  });

  it("each role may do whatever the role below it may", () => {
    expect(ofRole("owner")).toEqual(expect.arrayContaining(ofRole("billing")));
    expect(ofRole("billing")).toEqual(expect.arrayContaining(ofRole("viewer")));
  });

  it("a viewer only reads", () => {
    expect(ofRole("viewer")).toEqual(names.filter((name) => name.endsWith(".read")));
  });

  it("who bills may pay and choose how, but neither change who belongs there nor take the data away", () => {
    expect(right("pay").roles.includes("billing")).toBe(true);
    expect(right("cards.change").roles.includes("billing")).toBe(true);
    for (const name of ["members.change", "company.change", "data.export"] as const) {
      expect(right(name).roles.includes("billing"), name).toBe(false);
    }
  });

  it("nothing of a closed customer can be changed, and what can be read stays so", () => {
    const ofClosed = names.filter((name) => right(name).isOfClosed);
    expect(ofClosed).toEqual([...ofRole("viewer"), "data.export"]);
  });

  it("are shown to people as they are asked", () => {
    expect(memberRightList).toEqual(names.map((name) => ({ name, roles: right(name).roles })));
  });
});
