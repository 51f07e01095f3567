import { afterAll, beforeAll, expect, it } from "vitest";
import { giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { previewPlan } from "./preview-plan";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

it.each([
  ["what the invoice still needs, where the balance has more", 13_000n, 1290n],
  ["what is available, where that is less", 500n, 500n],
])("a part that is too large is answered with %s", async (_what, balanceMinor, minor) => {
  const customer = await makeCustomer(world);
  await giveBalance(world, customer, balanceMinor);
  const invoice = await makeInvoice(world, customer, 1290n);
  const asked = { invoiceIds: [invoice.id], useBalance: "99900" };
  expect(await previewPlan(customer.actor, asked, world)).toEqual({
    ok: false,
    refusal: { code: "amount_too_large", available: { minor, currency: "USD" } },
  });
});
