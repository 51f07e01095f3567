import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import type { MembershipRole } from "@/lib/auth/actor";
import { type MemberRight, type MemberRightName, memberRights } from "@/lib/auth/member-rights";
import { createTestDatabase } from "@/lib/testing/database";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";

let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  owner = postgres(database.url, { max: 1 });
  drop = async () => {
    await world.close();
    await owner.end();
    await database.drop();
  };
});

afterAll(() => drop());

const names = Object.keys(memberRights) as MemberRightName[];
const right = (name: MemberRightName): MemberRight => memberRights[name];
const ofRole = (role: MembershipRole) => names.filter((name) => right(name).roles.includes(role));

/** The rights that the database grants, asked in one transaction. */
async function rightsOf(actor: CustomerActor): Promise<MemberRightName[]> {
  const granted = await transact(world.app, actor, ({ sql }) =>
    Promise.all(names.map((name) => may(sql, actor, name))),
  );
  return names.filter((_, index) => granted[index]);
}

async function setRole({ customerId, actor }: TestCustomer, role: string): Promise<void> {
  await owner`
    update memberships set role = ${role} where customer_id = ${customerId} and user_id = ${actor.userId}`;
}

describe("what a member may do", () => {
  it.each(["owner", "billing", "viewer"] as const)(
    "as %s is what the table says, right by right",
    async (role) => {
      const { actor } = await makeCustomer(world, { role });
      expect(await rightsOf(actor)).toEqual(ofRole(role));
    },
  );

  it("follows the role at once", async () => {
    const customer = await makeCustomer(world, { role: "owner" });
    await setRole(customer, "viewer");
    expect(await rightsOf(customer.actor)).toEqual(ofRole("viewer"));
  });

  it("of a closed customer is what the table leaves", async () => {
    const { actor, customerId } = await makeCustomer(world, { role: "owner" });
    await owner`update customers set closed_at = ${world.clock.now()} where id = ${customerId}`;
    expect(await rightsOf(actor)).toEqual(names.filter((name) => right(name).isOfClosed));
  });

  it("of somebody else's customer is nothing", async () => {
    const { actor } = await makeCustomer(world, { role: "owner" });
    const other = await makeCustomer(world, { role: "owner" });
    expect(await rightsOf({ ...actor, customerId: other.customerId })).toEqual([]);
  });
});
