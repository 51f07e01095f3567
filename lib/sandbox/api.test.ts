import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  refusalOf,
  sdkFor,
  sessionFor,
  startTestSandbox,
  type TestSandbox,
} from "@/lib/sandbox/test-sandbox";
import { balanceDelayMs } from "@/lib/sandbox/world";

let local: TestSandbox;
let customer: Stripe.Customer;
beforeAll(async () => {
  local = await startTestSandbox();
  customer = await local.stripe.customers.create({ name: "Ada", email: "ada@example.com" });
});
afterAll(() => local.close());

const create = (params: object) =>
  local.stripe.checkout.sessions.create(params as Stripe.Checkout.SessionCreateParams);

describe("who may ask", () => {
  test("without the right key: 401, and the key is not shown", async () => {
    const refusal = await refusalOf(sdkFor(local.sandbox, "sk_test_someone_else_entirely").customers.list());
    expect(refusal.type).toBe("StripeAuthenticationError");
    expect(refusal.message).not.toContain("sk_test_someone_else_entirely");
  });

  test("another API version is refused: the pinned one is the one that is tested", async () => {
    const old = new Stripe("sk_test_of_the_tests", {
      host: "127.0.0.1",
      port: local.sandbox.port,
      protocol: "http",
      apiVersion: "2024-06-20" as never,
    });
    expect((await refusalOf(old.customers.list())).message).toContain("2024-06-20");
  });

  test("every answer has its request id and version", async () => {
    const { lastResponse } = await local.stripe.customers.retrieve(customer.id);
    expect(lastResponse.requestId).toMatch(/^req_/);
    expect(lastResponse.headers["stripe-version"]).toBe("2026-10-28.endive");
  });
});

describe("parameters", () => {
  test("unknown ones are refused by name, at any depth", async () => {
    const refusal = await refusalOf(create({ ...sessionFor(customer.id), bogus: "1", other: "2" }));
    expect([refusal.code, refusal.param]).toEqual(["parameter_unknown", "bogus"]);
    expect(refusal.message).toBe("Received unknown parameters: bogus, other");
    const nested = await refusalOf(
      create({ ...sessionFor(customer.id), payment_intent_data: { bogus: "1" } }),
    );
    expect(nested.param).toBe("payment_intent_data[bogus]");
    const line = {
      quantity: 1,
      price_data: { currency: "usd", unit_amount: 100, product_data: { name: "x", nam: "y" } },
    };
    const deep = await refusalOf(create({ ...sessionFor(customer.id), line_items: [line] }));
    expect(deep.param).toBe("line_items[0][price_data][product_data][nam]");
  });

  test("payment_method_types, gone since 23.0, is refused", async () => {
    const refusal = await refusalOf(create({ ...sessionFor(customer.id), payment_method_types: ["card"] }));
    expect(refusal.statusCode).toBe(400);
    expect(refusal.code).toBe("payment_method_types_no_longer_supported");
  });

  test("missing, empty and misformed ones are refused with Stripe's codes", async () => {
    const pay = (params: object) =>
      local.stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams);
    expect(await refusalOf(pay({ amount: 100 }))).toMatchObject({
      code: "parameter_missing",
      param: "currency",
    });
    expect(await refusalOf(pay({ amount: "12.30", currency: "usd" }))).toMatchObject({
      code: "parameter_invalid_integer",
      param: "amount",
    });
    expect(await refusalOf(pay({ amount: 100, currency: "" }))).toMatchObject({
      code: "parameter_invalid_empty",
    });
    expect(await refusalOf(pay({ amount: 100, currency: "xxx" }))).toMatchObject({ param: "currency" });
    expect(await refusalOf(create({ ...sessionFor(customer.id), success_url: "portal" }))).toMatchObject({
      code: "url_invalid",
    });
    expect(await refusalOf(create({ ...sessionFor(customer.id), locale: "xx" }))).toMatchObject({
      param: "locale",
    });
  });

  test("objects that do not exist: 404 in the path, 400 in a parameter", async () => {
    const inPath = await refusalOf(local.stripe.customers.retrieve("cus_none"));
    expect([inPath.statusCode, inPath.code]).toEqual([404, "resource_missing"]);
    const inParameter = await refusalOf(create(sessionFor("cus_none")));
    expect([inParameter.statusCode, inParameter.code, inParameter.param]).toEqual([
      400,
      "resource_missing",
      "customer",
    ]);
  });

  test("metadata is merged, unset by an empty value, and limited", async () => {
    const made = await local.stripe.customers.create({ metadata: { a: "1", b: "2" } });
    const merged = await local.stripe.customers.update(made.id, { metadata: { b: "", c: "3" } });
    expect(merged.metadata).toEqual({ a: "1", c: "3" });
    expect((await local.stripe.customers.update(made.id, { metadata: "" })).metadata).toEqual({});
    const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, "v"]));
    await refusalOf(local.stripe.customers.create({ metadata: tooMany }));
    await refusalOf(local.stripe.customers.create({ metadata: { ["k".repeat(41)]: "v" } }));
    await refusalOf(local.stripe.customers.create({ metadata: { k: "v".repeat(501) } }));
  });

  test("names are kept as they are: markup, right-to-left, emoji, percent and ampersand", async () => {
    const name = '<b>"x"</b> & 100% +1 مرحبا 🦆 \u202e';
    const made = await local.stripe.customers.create({ name, metadata: { note: name } });
    const read = (await local.stripe.customers.retrieve(made.id)) as Stripe.Customer;
    expect([read.name, read.metadata.note]).toEqual([name, name]);
  });
});

describe("expand", () => {
  test("a session down to its fee, in one call", async () => {
    const { id } = await create(sessionFor(customer.id));
    await local.control.pay(id);
    await local.control.advance(balanceDelayMs);
    const session = await local.stripe.checkout.sessions.retrieve(id, {
      expand: ["payment_intent.latest_charge.balance_transaction", "customer", "line_items"],
    });
    const intent = session.payment_intent as Stripe.PaymentIntent;
    const charge = intent.latest_charge as Stripe.Charge;
    const transaction = charge.balance_transaction as Stripe.BalanceTransaction;
    expect(transaction).toMatchObject({
      amount: 1230,
      fee: 66,
      net: 1164,
      currency: "usd",
      source: charge.id,
    });
    expect((session.customer as Stripe.Customer).name).toBe("Ada");
    expect(session.line_items?.data).toMatchObject([
      { description: "Invoice 42", amount_total: 1230, quantity: 1 },
    ]);
  });

  test("every object of a list", async () => {
    const page = await local.stripe.checkout.sessions.list({
      expand: ["data.customer", "data.line_items"],
      limit: 1,
    });
    expect(page.data[0]?.customer).toMatchObject({ object: "customer" });
    expect(page.data[0]?.line_items?.object).toBe("list");
  });

  test("at creation, too", async () => {
    const session = await create({ ...sessionFor(customer.id), expand: ["customer", "payment_intent"] });
    expect(session.customer).toMatchObject({ id: customer.id, name: "Ada" });
    expect(session.payment_intent).toBeNull();
  });

  test("what cannot be expanded is refused, and so is more than four levels", async () => {
    const { id } = await create(sessionFor(customer.id));
    await refusalOf(local.stripe.checkout.sessions.retrieve(id, { expand: ["amount_total"] }));
    await refusalOf(local.stripe.checkout.sessions.retrieve(id, { expand: ["a.b.c.d.e"] }));
  });
});

describe("lists", () => {
  test("page forwards and backwards by cursor, newest first, without gap or repetition", async () => {
    const owner = await local.stripe.customers.create({});
    const made: string[] = [];
    for (let count = 0; count < 25; count += 1) made.push((await create(sessionFor(owner.id))).id);
    const newest = made.toReversed();
    const first = await local.stripe.checkout.sessions.list({ customer: owner.id, limit: 10 });
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([newest.slice(0, 10), true]);
    const after = { customer: owner.id, limit: 10, starting_after: newest[19] ?? "" };
    const last = await local.stripe.checkout.sessions.list(after);
    expect([last.data.map(({ id }) => id), last.has_more]).toEqual([newest.slice(20), false]);
    const before = { customer: owner.id, limit: 10, ending_before: newest[12] ?? "" };
    const middle = await local.stripe.checkout.sessions.list(before);
    expect([middle.data.map(({ id }) => id), middle.has_more]).toEqual([newest.slice(2, 12), true]);
    const all: string[] = [];
    for await (const session of local.stripe.checkout.sessions.list({ customer: owner.id, limit: 7 }))
      all.push(session.id);
    expect(all).toEqual(newest);
  });

  test("narrow by customer, intent, status and time", async () => {
    const owner = await local.stripe.customers.create({});
    const { id } = await create(sessionFor(owner.id));
    await local.control.pay(id);
    await local.control.advance(10_000);
    const later = await create(sessionFor(owner.id));
    const [paid] = (await local.stripe.checkout.sessions.list({ customer: owner.id, status: "complete" }))
      .data;
    expect(paid?.id).toBe(id);
    const byIntent = await local.stripe.checkout.sessions.list({
      payment_intent: String(paid?.payment_intent),
    });
    expect(byIntent.data.map((session) => session.id)).toEqual([id]);
    const recent = await local.stripe.checkout.sessions.list({
      customer: owner.id,
      created: { gte: later.created },
    });
    expect(recent.data.map((session) => session.id)).toEqual([later.id]);
    const older = await local.stripe.checkout.sessions.list({
      customer: owner.id,
      created: { lt: later.created },
    });
    expect(older.data.map((session) => session.id)).toEqual([id]);
  });

  test("refuse a limit above 100, a cursor that names nothing, and two cursors", async () => {
    await refusalOf(local.stripe.customers.list({ limit: 101 }));
    expect((await refusalOf(local.stripe.customers.list({ starting_after: "cus_none" }))).code).toBe(
      "resource_missing",
    );
    await refusalOf(local.stripe.customers.list({ starting_after: customer.id, ending_before: customer.id }));
  });

  test("events can be narrowed to several types", async () => {
    const page = await local.stripe.events.list({
      types: ["customer.created", "customer.updated"],
      limit: 100,
    });
    expect(new Set(page.data.map((event) => event.type))).toEqual(
      new Set(["customer.created", "customer.updated"]),
    );
  });
});

describe("amounts", () => {
  const session = (amount: number, currency: string) =>
    create(sessionFor(customer.id, { amount, in: currency }));

  test.each([
    ["usd", 50],
    ["eur", 50],
    ["gbp", 30],
    ["jpy", 50],
    ["hkd", 400],
  ])("the least charge in %s is %i", async (currency, least) => {
    const refusal = await refusalOf(session(least - 1, currency));
    expect([refusal.statusCode, refusal.code]).toEqual([400, "amount_too_small"]);
    expect((await session(least, currency)).amount_total).toBe(least);
    const intent = await refusalOf(local.stripe.paymentIntents.create({ amount: least - 1, currency }));
    expect([intent.code, intent.param]).toEqual(["amount_too_small", "amount"]);
  });

  test("dinars end in 0", async () => {
    await refusalOf(session(12_345, "kwd"));
    expect((await session(12_340, "kwd")).amount_total).toBe(12_340);
    await refusalOf(local.stripe.paymentIntents.create({ amount: 12_345, currency: "kwd" }));
  });

  test("eight digits are the most", async () => {
    expect((await refusalOf(session(100_000_000, "usd"))).code).toBe("amount_too_large");
    expect((await session(99_999_999, "usd")).amount_total).toBe(99_999_999);
  });

  test("lines of one session are of one currency", async () => {
    const params = sessionFor(customer.id);
    const other = sessionFor(customer.id, { in: "eur" });
    await refusalOf(
      create({ ...params, line_items: [...(params.line_items ?? []), ...(other.line_items ?? [])] }),
    );
  });
});
