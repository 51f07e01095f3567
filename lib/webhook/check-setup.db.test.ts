import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { showHealth } from "@/lib/admin/show-health";
import { stripeGateway } from "@/lib/gateway/stripe";
import { stripeApiVersion } from "@/lib/gateway/stripe-setup";
import { jobs } from "@/lib/jobs/jobs";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { openStripeWorld, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { checkSetup } from "./check-setup";
import { handledTypes } from "./dispatch";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(() => world.close());

const staff = { userId: newId<UserId>(), sessionId: newId<SessionId>(), role: "auditor" as const };
const setupShown = async () => (await showHealth(staff, world)).setup;

it("reads the account, its endpoint and what its page offers", async () => {
  const check = await checkSetup(world);
  expect(check).toMatchObject({
    failure: null,
    differences: [],
    setup: { account: { settlesIn: "USD" }, endpoint: { isEnabled: true }, pageMethods: ["alipay", "link"] },
  });
  expect(await setupShown()).toMatchObject({ isKeyRefused: false, differences: [] });
});

it("a key that Stripe refuses fails the job with its sentence, and is on the desk; another one mends it", async () => {
  const options = { secretKey: "sk_test_nobody", webhookSecrets: ["whsec_x"], apiBase: world.stripeUrl };
  const wrong = seenBy(world, { gateway: stripeGateway(options) });
  const job = jobs.find(({ name }) => name === "check-stripe");
  const tools = { world: wrong, events: { checkSetup } } as never;
  await expect(job?.run(tools)).rejects.toThrow("Stripe refuses STRIPE_SECRET_KEY");
  expect(await setupShown()).toMatchObject({ isKeyRefused: true });
  await checkSetup(world);
  expect(await setupShown()).toMatchObject({ isKeyRefused: false });
});

it("the README of the gateway names every type of event that is handled, and the version", async () => {
  const readme = await readFile("lib/gateway/README.md", "utf8");
  const [, listed = ""] = /with API version ([\s\S]*?)\n\nThen/.exec(readme) ?? [];
  const named = [...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual([stripeApiVersion, ...handledTypes].sort());
});

it("a network that fails says nothing of the setup, which stays as it was", async () => {
  const before = await setupShown();
  await world.control.fault({ kind: "error_500", path: "/v1/account" });
  expect(await checkSetup(world)).toMatchObject({ setup: null, differences: [] });
  expect(await setupShown()).toMatchObject({ isKeyRefused: false, account: before?.account });
});
