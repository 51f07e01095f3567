import { afterAll, beforeAll, expect, it } from "vitest";
import { makeCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { showBankDetails } from "./show-bank-details";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

async function set(key: string, value: string) {
  await world.staff.sql`
    insert into settings (key, value) values (${key}, ${world.staff.sql.json(value)})
    on conflict (key) do update set value = excluded.value`;
}

it("a customer who transfers is told where to, with their own reference, once the host has said it", async () => {
  const { actor, customerId } = await makeCustomer(world);
  await set("bank_account_holder", "Ducky Cloud GmbH");
  expect(await showBankDetails(actor, world)).toBeNull();
  await set("bank_account", "de89370400440532013000");
  await set("bank_bic", " ");
  const [row] = await world.staff.sql`select reference from customers where id = ${customerId}`;
  expect(await showBankDetails(actor, world)).toEqual({
    holder: "Ducky Cloud GmbH",
    account: "DE89 3704 0044 0532 0130 00",
    bic: null,
    bank: null,
    reference: row?.reference,
  });
  await set("bank_account", "12-345 678");
  expect(await showBankDetails(actor, world)).toMatchObject({ account: "12-345 678" });
});
