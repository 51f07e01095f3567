import { afterAll, beforeAll, expect, it } from "vitest";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { checkSetup } from "@/lib/webhook/check-setup";
import { readPageMethods } from "./page-methods";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(() => world.close());

it("names the card alone until the account was read, then what its page offers", async () => {
  await world.owner`delete from stripe_checks`;
  expect(await readPageMethods(world)).toEqual(["card"]);
  await checkSetup(world);
  expect(await readPageMethods(world)).toEqual(["card", "alipay", "link"]);
  await world.owner`update stripe_checks set setup = jsonb_set(setup, '{pageMethods}', 'null')`;
  expect(await readPageMethods(world)).toEqual(["card"]);
});
