import { request } from "node:http";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionFor, startTestSandbox, type TestSandbox, testKey } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
let customer: Stripe.Customer;
beforeAll(async () => {
  local = await startTestSandbox();
  customer = await local.stripe.customers.create({ email: "ada@example.com" });
});
afterAll(() => local.close());

const newSession = (more: Parameters<typeof sessionFor>[1] = {}) =>
  local.stripe.checkout.sessions.create(sessionFor(customer.id, more));

/** A page as a browser without scripts gets it. */
async function open(url: string | null, headers: Record<string, string> = {}) {
  const response = await fetch(url ?? "", { redirect: "manual", headers });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

/** As a browser does from this server's page, or from one of another origin. */
async function submit(url: string | null, fields: Record<string, string>, origin: string | null = "own") {
  const response = await fetch(url ?? "", {
    method: "POST",
    redirect: "manual",
    headers: origin === null ? {} : { origin: origin === "own" ? local.sandbox.url : origin },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

function statusUnderName(host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${testKey}` };
    request(`${local.sandbox.url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

const card = (number: string) => ({ method: "card", number, expiry: "12 / 40", cvc: "123" });

describe("the hosted page", () => {
  test("shows the amount, what it is for and the way back", async () => {
    const session = await newSession({
      amount: 123_456,
      payment_intent_data: { description: "Ducky Cloud" },
    });
    const { status, text } = await open(session.url);
    expect(status).toBe(200);
    for (const part of [
      "$1,234.56",
      "Invoice 42",
      "Ducky Cloud",
      "https://portal.example/back",
      "Card number",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("takes no button that a page elsewhere pressed, and shows nothing to another name of this machine", async () => {
    const session = await newSession();
    for (const origin of ["https://evil.example", "null", null]) {
      expect((await submit(session.url, card("4242424242424242"), origin)).status).toBe(403);
      const settle = session.url?.replace("/pay/", "/settle/") ?? "";
      expect((await submit(settle, { outcome: "succeeds" }, origin)).status).toBe(403);
    }
    expect(await local.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: "open" });
    const { pathname } = new URL(session.url ?? "");
    for (const path of [pathname, "/v1/customers", "/_control/dump"]) {
      expect(await statusUnderName("evil.example", path)).toBe(403);
    }
  });

  test("speaks the session's language, or the browser's", async () => {
    const chinese = await open((await newSession({ locale: "zh" })).url);
    expect(chinese.text).toContain('lang="zh-CN"');
    expect(chinese.text).toContain("卡号");
    const automatic = await newSession({ locale: "auto" });
    expect((await open(automatic.url, { "accept-language": "zh-CN,zh" })).text).toContain("卡号");
    expect((await open(automatic.url, { "accept-language": "de" })).text).toContain("Card number");
  });

  test("never takes a text for markup", async () => {
    const session = await newSession({ payment_intent_data: { description: '<script>alert("x")</script>' } });
    const { text } = await open(session.url);
    expect(text).not.toContain("<script>alert");
    expect(text).toContain("&lt;script&gt;alert(&quot;x&quot;)");
  });

  test("a card that pays leads to the success_url with the session's id in it", async () => {
    const session = await newSession();
    const paid = await submit(session.url, card("4242 4242 4242 4242"));
    expect([paid.status, paid.location]).toEqual([303, `https://portal.example/done?session=${session.id}`]);
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  });

  test("a card that is declined stays on the page with Stripe's sentence, and another one pays", async () => {
    const session = await newSession();
    const declined = await submit(session.url, card("4000000000009995"));
    expect(declined.status).toBe(200);
    expect(declined.text).toContain("Your card has insufficient funds.");
    expect((await submit(session.url, card("4242424242424242"))).status).toBe(303);
    const intents = await local.stripe.paymentIntents.list({ customer: customer.id, limit: 1 });
    const charges = await local.stripe.charges.list({ payment_intent: intents.data[0]?.id ?? "" });
    expect(charges.data.map((charge) => charge.status)).toEqual(["succeeded", "failed"]);
  });

  test.each([
    ["a number with a wrong check digit", { number: "4242424242424241" }, "number is invalid"],
    ["a number that is no test card", { number: "4111111111111111" }, "non test card"],
    ["a month that does not exist", { expiry: "13 / 40" }, "expiration date is incomplete"],
    ["a year that has passed", { expiry: "12 / 20" }, "in the past"],
    ["a short security code", { cvc: "1" }, "security code is incomplete"],
  ])("%s is refused before anything is tried", async (_name, fields, sentence) => {
    const session = await newSession();
    const refused = await submit(session.url, { ...card("4242424242424242"), ...fields });
    expect(refused.text).toContain(sentence.replace("'", "&#39;"));
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_intent).toBeNull();
  });

  test("3-D Secure: approved leads on, failed leads back with the reason", async () => {
    const session = await newSession();
    const asked = await submit(session.url, card("4000002760003184"));
    const question = `${local.sandbox.url}${asked.location}`;
    expect((await open(question)).text).toContain("Complete authentication");
    const failed = await submit(question, { answer: "fail" });
    expect(failed.location).toBe(`/c/pay/${session.id}?declined`);
    const back = await open(`${local.sandbox.url}${failed.location}`);
    expect(back.text).toContain("We are unable to authenticate your payment method.");
    await submit(session.url, card("4000002760003184"));
    const approved = await submit(question, { answer: "approve" });
    expect(approved.location).toBe(`https://portal.example/done?session=${session.id}`);
    expect((await submit(question, { answer: "fail" })).location).toBe(approved.location);
  });

  test("Alipay: authorised leads on", async () => {
    const session = await newSession();
    const asked = await submit(session.url, { method: "alipay" });
    const question = `${local.sandbox.url}${asked.location}`;
    expect((await open(question)).text).toContain("Authorize test payment");
    expect((await submit(question, { answer: "approve" })).location).toContain("https://portal.example/done");
  });

  test("a bank debit leads on at once, and is ended later on the session's page", async () => {
    const session = await newSession();
    const begun = await submit(session.url, { method: "us_bank_account", later: "succeeds" });
    expect(begun.location).toContain("https://portal.example/done");
    expect((await open(session.url)).text).toContain("The bank debit is under way");
    await submit(`${local.sandbox.url}/c/settle/${session.id}`, { outcome: "succeeds" });
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  });

  test("a second submission of the same form pays nothing more", async () => {
    const session = await newSession();
    await submit(session.url, card("4242424242424242"));
    expect((await submit(session.url, card("4242424242424242"))).location).toBe(`/c/pay/${session.id}`);
    expect((await open(session.url)).text).toContain("This has been paid");
    const { payment_intent: intent } = await local.stripe.checkout.sessions.retrieve(session.id);
    expect((await local.stripe.charges.list({ payment_intent: String(intent) })).data).toHaveLength(1);
  });

  test("an expired session says so, and leads back", async () => {
    const session = await newSession();
    await local.stripe.checkout.sessions.expire(session.id);
    const { text } = await open(session.url);
    expect(text).toContain("This payment page has expired");
    expect(text).toContain("https://portal.example/back");
    expect((await submit(session.url, card("4242424242424242"))).location).toBe(`/c/pay/${session.id}`);
  });

  test("an intent without a session returns to its return_url", async () => {
    const intent = await local.stripe.paymentIntents.create({
      amount: 2000,
      currency: "usd",
      payment_method: "pm_card_authenticationRequired",
      confirm: true,
      return_url: "https://portal.example/back?x=1",
    });
    const answered = await submit(intent.next_action?.redirect_to_url?.url ?? "", { answer: "approve" });
    expect(answered.location).toBe(
      `https://portal.example/back?x=1&payment_intent=${intent.id}&redirect_status=succeeded`,
    );
  });

  test("an address that belongs to nothing is 404", async () => {
    expect((await open(`${local.sandbox.url}/c/pay/cs_test_none`)).status).toBe(404);
  });
});
