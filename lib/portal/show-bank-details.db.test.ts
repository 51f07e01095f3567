import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { makeCustomer } from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { showBankDetails } from "./show-bank-details";

let world: TestWorld;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  drop = async () => {
    await world.close();
    await database.drop();
  };
});

afterAll(() => drop());

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
