import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refusalOf, sessionFor, startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
beforeEach(async () => {
  local = await startTestSandbox();
});
afterEach(() => local.close());

const path = "/v1/customers";

async function names(): Promise<Array<string | null | undefined>> {
  return (await local.stripe.customers.list({ limit: 100 })).data.map((customer) => customer.name);
}

describe("faults on demand", () => {
  test("a connection dropped before the work: nothing was done", async () => {
    // The SDK sends a request on a destroyed socket once more, so it takes two strikes until the caller sees one.
    await local.control.fault({ kind: "drop_before", path, times: 2 });
    const refusal = await refusalOf(local.stripe.customers.create({ name: "Ada" }));
    expect(refusal.type).toBe("StripeConnectionError");
    expect(await names()).toEqual([]);
  });

  test("a connection dropped after the work: it was done, and the key tells", async () => {
    await local.control.fault({ kind: "drop_after", path, times: 2 });
    const create = () => local.stripe.customers.create({ name: "Ada" }, { idempotencyKey: "dropped" });
    expect((await refusalOf(create())).type).toBe("StripeConnectionError");
    expect(await names()).toEqual(["Ada"]);
    expect((await create()).name).toBe("Ada");
    expect(await names()).toEqual(["Ada"]);
  });

  test("one dropped connection the SDK mends by itself, under the same key", async () => {
    await local.control.fault({ kind: "drop_after", path });
    expect((await local.stripe.customers.create({ name: "Ada" })).name).toBe("Ada");
    expect(await names()).toEqual(["Ada"]);
  });

  test("an answer cut in the middle: the work was done, and the SDK does not resend", async () => {
    await local.control.fault({ kind: "cut", path });
    const refusal = await refusalOf(local.stripe.customers.create({ name: "Ada" }));
    expect(refusal.type).toBe("StripeConnectionError");
    expect(await names()).toEqual(["Ada"]);
    expect(await local.control.requests({ method: "POST", path })).toHaveLength(1);
  });

  test("a 500", async () => {
    await local.control.fault({ kind: "error_500", path });
    const refusal = await refusalOf(local.stripe.customers.create({ name: "Ada" }));
    expect([refusal.type, refusal.statusCode]).toEqual(["StripeAPIError", 500]);
    expect(await names()).toEqual([]);
  });

  test("a 429, and a lock_timeout", async () => {
    for (const [kind, code] of [
      ["rate_limit", "rate_limit"],
      ["lock_timeout", "lock_timeout"],
    ] as const) {
      await local.control.fault({ kind, path });
      const refusal = await refusalOf(local.stripe.customers.create({ name: "Ada" }));
      expect([refusal.statusCode, refusal.code]).toEqual([429, code]);
    }
    expect(await names()).toEqual([]);
  });

  test("a request that hangs times out for its caller, and is worked on when it is let go", async () => {
    await local.control.fault({ kind: "hang_before", path });
    const refusal = await refusalOf(local.stripe.customers.create({ name: "Ada" }, { timeout: 50 }));
    expect(refusal.type).toBe("StripeConnectionError");
    expect(await names()).toEqual([]);
    await local.control.releaseHangs();
    expect(await names()).toEqual(["Ada"]);
  });

  test("an answer that hangs: the work is visible to others meanwhile", async () => {
    await local.control.fault({ kind: "hang_after", path });
    const created = local.stripe.customers.create({ name: "Ada" });
    await local.control.untilHanging(1);
    expect(await names()).toEqual(["Ada"]);
    await local.control.releaseHangs();
    expect((await created).name).toBe("Ada");
  });

  test("strikes only the method and path it was set for, after those it was told to skip, so many times", async () => {
    const customer = await local.stripe.customers.create({});
    await local.control.fault({
      kind: "error_500",
      method: "POST",
      path: "/v1/checkout/sessions",
      skip: 1,
      times: 2,
    });
    const create = () => local.stripe.checkout.sessions.create(sessionFor(customer.id));
    await local.stripe.customers.update(customer.id, {});
    await local.stripe.checkout.sessions.list();
    await create();
    await refusalOf(create());
    await refusalOf(create());
    await create();
    expect(await local.control.faults()).toMatchObject([{ kind: "error_500", struck: 2 }]);
  });

  test("until cleared", async () => {
    await local.control.fault({ kind: "rate_limit", path, times: "until_cleared" });
    for (let turn = 0; turn < 5; turn += 1) await refusalOf(local.stripe.customers.create({}));
    await local.control.clearFaults();
    await local.stripe.customers.create({});
    expect((await local.control.requests({ path })).map((seen) => seen.status)).toEqual([
      429, 429, 429, 429, 429, 200,
    ]);
  });
});

describe("control calls", () => {
  test("need the secret key", async () => {
    const answer = await fetch(`${local.sandbox.url}/_control/dump`, {
      headers: { authorization: "Bearer nobody" },
    });
    expect(answer.status).toBe(401);
  });

  test("show every object, and forget them all", async () => {
    await local.stripe.customers.create({ name: "Ada" });
    expect((await local.control.dump()).customer).toMatchObject([{ name: "Ada" }]);
    await local.control.advance(1000);
    await local.control.reset();
    const dump = await local.control.dump();
    expect(dump.customer).toEqual([]);
    expect(dump.event).toEqual([]);
    expect(dump.webhook_endpoint).toHaveLength(1);
    await local.stripe.customers.create({ name: "Bo" });
  });
});
