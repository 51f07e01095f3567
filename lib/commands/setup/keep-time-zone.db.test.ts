import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { keepTimeZone } from "./keep-time-zone";
import { SetupFault } from "./setup-fault";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: TestWorld;

beforeAll(async () => {
  database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
});

afterAll(async () => {
  await world.close();
  await database.drop();
});

it("the billing time zone can be changed until the first invoice, and is refused with a sentence after it", async () => {
  await keepTimeZone(database.url, "UTC");
  await keepTimeZone(database.url, "Europe/Berlin");
  await makeInvoice(world, await makeCustomer(world), 500n);
  await keepTimeZone(database.url, "Europe/Berlin");
  await expect(keepTimeZone(database.url, "Asia/Shanghai")).rejects.toThrow(
    new SetupFault(
      "MALLARD_TIME_ZONE is Asia/Shanghai, but this database has bills in Europe/Berlin, which is fixed after the first invoice: set it to Europe/Berlin.",
    ),
  );
  await keepTimeZone(database.url, "Europe/Berlin");
});
