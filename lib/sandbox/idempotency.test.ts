import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalOf, startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
beforeAll(async () => {
  local = await startTestSandbox();
});
afterAll(() => local.close());

const day = 24 * 60 * 60 * 1000;

describe("idempotency keys", () => {
  test("the same key and parameters give the same object, and nothing is made twice", async () => {
    const first = await local.stripe.customers.create({ name: "Ada" }, { idempotencyKey: "same" });
    const second = await local.stripe.customers.create({ name: "Ada" }, { idempotencyKey: "same" });
    expect(second).toEqual(first);
    expect(first.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
    expect(second.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect(second.lastResponse.headers["original-request"]).toBe(first.lastResponse.requestId);
    const all = await local.stripe.customers.list({ limit: 100 });
    expect(all.data.filter((customer) => customer.name === "Ada")).toHaveLength(1);
  });

  test("the order in which parameters are sent does not matter", async () => {
    const key = { idempotencyKey: "order" };
    const first = await local.stripe.customers.create({ name: "Bo", description: "x" }, key);
    const second = await local.stripe.customers.create({ description: "x", name: "Bo" }, key);
    expect(second.id).toBe(first.id);
  });

  test("the same key with other parameters is refused", async () => {
    await local.stripe.customers.create({ name: "Cy" }, { idempotencyKey: "other" });
    const refusal = await refusalOf(
      local.stripe.customers.create({ name: "Di" }, { idempotencyKey: "other" }),
    );
    expect(refusal.type).toBe("StripeIdempotencyError");
    expect(refusal.statusCode).toBe(400);
  });

  test("the same key for another method is refused", async () => {
    const customer = await local.stripe.customers.create({}, { idempotencyKey: "method" });
    const refusal = await refusalOf(
      local.stripe.customers.update(customer.id, {}, { idempotencyKey: "method" }),
    );
    expect(refusal.type).toBe("StripeIdempotencyError");
  });

  test("a key of more than 255 characters is refused", async () => {
    const refusal = await refusalOf(local.stripe.customers.create({}, { idempotencyKey: "k".repeat(256) }));
    expect(refusal.statusCode).toBe(400);
    await local.stripe.customers.create({}, { idempotencyKey: "k".repeat(255) });
  });

  test("a declined charge is replayed, with the intent it left behind, and no second charge", async () => {
    const pay = () =>
      local.stripe.paymentIntents.create(
        {
          amount: 500,
          currency: "usd",
          payment_method: "pm_card_chargeDeclined",
          allowed_payment_method_types: ["card"],
          confirm: true,
        },
        { idempotencyKey: "declined" },
      );
    const first = await refusalOf(pay());
    const second = await refusalOf(pay());
    expect(second.code).toBe("card_declined");
    expect(second.payment_intent?.id).toBe(first.payment_intent?.id);
    const charges = await local.stripe.charges.list({ payment_intent: first.payment_intent?.id ?? "" });
    expect(charges.data).toHaveLength(1);
  });

  test("a 400 from inside the method is replayed even when its cause is gone", async () => {
    const attach = () =>
      local.stripe.paymentMethods.attach(
        "pm_card_visa",
        { customer: "cus_none" },
        { idempotencyKey: "replay400" },
      );
    const first = await refusalOf(attach());
    const second = await refusalOf(attach());
    expect(second.message).toBe(first.message);
    expect(second.headers?.["idempotent-replayed"]).toBe("true");
  });

  test("parameters that do not fit the method are not remembered: the key is free again", async () => {
    const key = { idempotencyKey: "corrected" };
    const refusal = await refusalOf(local.stripe.customers.create({ bogus: "1" } as never, key));
    expect(refusal.code).toBe("parameter_unknown");
    const customer = await local.stripe.customers.create({ name: "Eve" }, key);
    expect(customer.name).toBe("Eve");
  });

  test("a 500 is replayed, whether or not the work was done", async () => {
    for (const kind of ["error_500", "error_500_after"] as const) {
      const create = () => local.stripe.customers.create({ name: kind }, { idempotencyKey: kind });
      await local.control.fault({ kind, path: "/v1/customers" });
      expect((await refusalOf(create())).statusCode).toBe(500);
      const again = await refusalOf(create());
      expect(again.statusCode).toBe(500);
      expect(again.headers?.["idempotent-replayed"]).toBe("true");
    }
    const names = (await local.stripe.customers.list({ limit: 100 })).data.map((customer) => customer.name);
    expect(names).not.toContain("error_500");
    expect(names).toContain("error_500_after");
  });

  test("a 429 comes before the keys: the same key works afterwards", async () => {
    const create = () => local.stripe.customers.create({ name: "Fay" }, { idempotencyKey: "limited" });
    await local.control.fault({ kind: "rate_limit", path: "/v1/customers" });
    expect((await refusalOf(create())).type).toBe("StripeRateLimitError");
    expect((await create()).name).toBe("Fay");
  });

  test("while the first request is at work the same key is answered 409, and replayed afterwards", async () => {
    const create = () => local.stripe.customers.create({ name: "Gil" }, { idempotencyKey: "busy" });
    await local.control.fault({ kind: "hang_before", path: "/v1/customers" });
    const first = create();
    await local.control.untilHanging(1);
    const second = await refusalOf(create());
    expect(second.statusCode).toBe(409);
    expect(second.code).toBe("idempotency_key_in_use");
    expect(await local.control.releaseHangs()).toBe(1);
    expect((await create()).id).toBe((await first).id);
  });

  test("a hundred at once under one key make one object", async () => {
    const calls = Array.from({ length: 100 }, () =>
      local.stripe.customers.create({ name: "Hal" }, { idempotencyKey: "hundred" }).then((made) => made.id),
    );
    expect(new Set(await Promise.all(calls)).size).toBe(1);
  });

  test("after a day of the virtual clock a key is forgotten", async () => {
    const create = () => local.stripe.customers.create({ name: "Ida" }, { idempotencyKey: "old" });
    const first = await create();
    await local.control.advance(day - 1000);
    expect((await create()).id).toBe(first.id);
    await local.control.advance(2000);
    expect((await create()).id).not.toBe(first.id);
  });
});
