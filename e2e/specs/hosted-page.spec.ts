import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test as base, expect, type Page } from "@playwright/test";
import type Stripe from "stripe";
import { expectAccessible, expectFits } from "@/e2e/fixtures/accessible";
import { startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";

interface Shop {
  local: TestSandbox;
  customer: string;
  newSession(more?: Partial<Stripe.Checkout.SessionCreateParams>): Promise<Stripe.Checkout.Session>;
  read(id: string): Promise<Stripe.Checkout.Session>;
}

/** The local Stripe, and a shop whose pages say only that one has come back to them. */
const test = base.extend<object, { shop: Shop }>({
  shop: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright insists on a destructured first parameter.
    async ({}, use) => {
      const server = createServer((request, response) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end(
          `<!doctype html><html lang="en"><title>Shop</title><h1>Shop ${request.url?.split("?")[0]}</h1></html>`,
        );
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const local = await startTestSandbox();
      const { id: customer } = await local.stripe.customers.create({ email: "ada@example.com" });
      await use({
        local,
        customer,
        newSession: (more) =>
          local.stripe.checkout.sessions.create({
            mode: "payment",
            customer,
            success_url: `${home}/done?session={CHECKOUT_SESSION_ID}`,
            cancel_url: `${home}/back`,
            line_items: [
              {
                quantity: 1,
                price_data: { currency: "usd", unit_amount: 1230, product_data: { name: "Invoice 42" } },
              },
            ],
            ...more,
          }),
        read: (id) =>
          local.stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge"] }),
      });
      await local.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
    { scope: "worker" },
  ],
});

const arrived = (page: Page, place: "done" | "back") => page.getByRole("heading", { name: `Shop /${place}` });
const payButton = (page: Page) => page.getByRole("button", { name: "Pay $12.30" });

/** The page comes anew with the card in its form; a click before that would be lost with the page that goes. */
async function choose(page: Page, number: string): Promise<void> {
  await page.getByRole("link", { name: number }).click();
  await expect(page.getByLabel("Card number")).toHaveValue(number);
}

async function fill(page: Page, number: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry").fill("12 / 40");
  await page.getByLabel("CVC").fill("123");
}

test("a card is typed in and pays; the shop learns which session it was", async ({ page, shop }) => {
  const session = await shop.newSession();
  await page.goto(session.url ?? "");
  await expect(page.getByRole("heading", { name: "$12.30" })).toBeVisible();
  await fill(page, "4242424242424242");
  await payButton(page).click();
  await expect(arrived(page, "done")).toBeVisible();
  expect(new URL(page.url()).searchParams.get("session")).toBe(session.id);
  expect((await shop.read(session.id)).payment_status).toBe("paid");
});

const declines = [
  ["4000 0000 0000 0002", "Your card was declined."],
  ["4000 0000 0000 9995", "Your card has insufficient funds."],
  ["4000 0000 0000 9987", "Your card was declined."],
  ["4000 0000 0000 0069", "Your card has expired."],
  ["4000 0000 0000 0127", "Your card's security code is incorrect."],
  ["4000 0000 0000 0119", "An error occurred while processing your card."],
  ["4000 0000 0000 0341", "Your card was declined."],
] as const;

test("each card that is declined says why, and a good one then pays through the same intent", async ({
  page,
  shop,
}) => {
  const session = await shop.newSession();
  await page.goto(session.url ?? "");
  for (const [number, sentence] of declines) {
    await choose(page, number);
    await payButton(page).click();
    await expect(page.getByRole("alert")).toContainText(sentence);
    await expect(page.getByLabel("Card number")).toHaveValue(number);
    await expect(page.getByLabel("CVC")).toHaveValue("");
  }
  await choose(page, "4242 4242 4242 4242");
  await payButton(page).click();
  await expect(arrived(page, "done")).toBeVisible();
  const intent = (await shop.read(session.id)).payment_intent as Stripe.PaymentIntent;
  const charges = await shop.local.stripe.charges.list({ payment_intent: intent.id, limit: 100 });
  expect(charges.data.map((charge) => charge.status)).toEqual(["succeeded", ...declines.map(() => "failed")]);
});

test("cards that pay, whatever follows later", async ({ page, shop }) => {
  for (const number of [
    "4000 0000 0000 0259",
    "4000 0000 0000 1976",
    "4000 0000 0000 5126",
    "4000 0000 0000 7726",
  ]) {
    const session = await shop.newSession();
    await page.goto(session.url ?? "");
    await choose(page, number);
    await payButton(page).click();
    await expect(arrived(page, "done")).toBeVisible();
    const intent = (await shop.read(session.id)).payment_intent as Stripe.PaymentIntent;
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge.disputed).toBe(number.endsWith("0259") || number.endsWith("1976"));
  }
});

for (const number of ["4000 0025 0000 3155", "4000 0027 6000 3184"]) {
  test(`${number} asks for 3-D Secure: failed leads back, passed leads on`, async ({ page, shop }) => {
    const session = await shop.newSession();
    await page.goto(session.url ?? "");
    await choose(page, number);
    await payButton(page).click();
    await expect(page.getByRole("heading", { name: "3D Secure test page" })).toBeVisible();
    await expect(page.getByText("pay $12.30")).toBeVisible();
    await page.getByRole("button", { name: "Fail authentication" }).click();
    await expect(page.getByRole("alert")).toContainText("We are unable to authenticate your payment method.");
    await choose(page, number);
    await payButton(page).click();
    await page.getByRole("button", { name: "Complete authentication" }).click();
    await expect(arrived(page, "done")).toBeVisible();
    expect((await shop.read(session.id)).payment_status).toBe("paid");
  });
}

test("3-D Secure passed and declined all the same", async ({ page, shop }) => {
  await page.goto((await shop.newSession()).url ?? "");
  await choose(page, "4000 0082 6000 3178");
  await payButton(page).click();
  await page.getByRole("button", { name: "Complete authentication" }).click();
  await expect(page.getByRole("alert")).toContainText("insufficient funds");
});

test("a card that is kept can be charged without the customer", async ({ page, shop }) => {
  const session = await shop.newSession({ payment_intent_data: { setup_future_usage: "off_session" } });
  await page.goto(session.url ?? "");
  await expect(page.getByText("The card will be kept for later payments.")).toBeVisible();
  await choose(page, "4000 0025 0000 3155");
  await payButton(page).click();
  await page.getByRole("button", { name: "Complete authentication" }).click();
  await expect(arrived(page, "done")).toBeVisible();
  const intent = (await shop.read(session.id)).payment_intent as Stripe.PaymentIntent;
  const later = await shop.local.stripe.paymentIntents.create({
    amount: 500,
    currency: "usd",
    customer: shop.customer,
    payment_method: String(intent.payment_method),
    allowed_payment_method_types: ["card"],
    off_session: true,
    confirm: true,
  });
  expect(later.status).toBe("succeeded");
});

test("a card is saved without paying", async ({ page, shop }) => {
  const session = await shop.newSession({ mode: "setup", currency: "usd", line_items: [] });
  await page.goto(session.url ?? "");
  await fill(page, "4242424242424242");
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(arrived(page, "done")).toBeVisible();
  expect((await shop.read(session.id)).status).toBe("complete");
});

for (const [end, status] of [
  ["pays", "paid"],
  ["refuses", "unpaid"],
] as const) {
  test(`a bank debit takes its time, and then the bank ${end}`, async ({ page, shop }) => {
    const session = await shop.newSession();
    await page.goto(session.url ?? "");
    await page.getByRole("link", { name: "Bank debit" }).click();
    await page.getByRole("button", { name: "Debit that succeeds later" }).click();
    await expect(arrived(page, "done")).toBeVisible();
    expect(await shop.read(session.id)).toMatchObject({ status: "complete", payment_status: "unpaid" });
    await page.goto(session.url ?? "");
    await expect(page.getByRole("heading", { name: "The bank debit is under way" })).toBeVisible();
    await page.getByRole("button", { name: `Bank ${end} now` }).click();
    await expect(arrived(page, "done")).toBeVisible();
    expect((await shop.read(session.id)).payment_status).toBe(status);
  });
}

test("Alipay: refused leads back, authorised leads on", async ({ page, shop }) => {
  await page.goto((await shop.newSession()).url ?? "");
  await page.getByRole("link", { name: "Alipay" }).click();
  await page.getByRole("button", { name: "Continue to Alipay" }).click();
  await page.getByRole("button", { name: "Fail test payment" }).click();
  await expect(page.getByRole("alert")).toContainText("not authorised");
  await page.getByRole("link", { name: "Alipay" }).click();
  await page.getByRole("button", { name: "Continue to Alipay" }).click();
  await page.getByRole("button", { name: "Authorize test payment" }).click();
  await expect(arrived(page, "done")).toBeVisible();
});

test("left by the customer, the session stays open; expired, it says so", async ({ page, shop }) => {
  const session = await shop.newSession();
  await page.goto(session.url ?? "");
  await page.getByRole("link", { name: "Back to shop" }).click();
  await expect(arrived(page, "back")).toBeVisible();
  expect((await shop.read(session.id)).status).toBe("open");
  await page.goto(session.url ?? "");
  await shop.local.stripe.checkout.sessions.expire(session.id);
  await fill(page, "4242424242424242");
  await payButton(page).click();
  await expect(page.getByRole("heading", { name: "This payment page has expired" })).toBeVisible();
  await page.getByRole("link", { name: "Return to shop" }).click();
  await expect(arrived(page, "back")).toBeVisible();
});

test("with the keyboard alone", async ({ page, shop }) => {
  await page.goto((await shop.newSession()).url ?? "");
  await page.getByLabel("Card number").focus();
  await page.keyboard.type("4242424242424242");
  await expect(page.getByLabel("Card number")).toHaveValue("4242 4242 4242 4242");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1240");
  await expect(page.getByLabel("Expiry")).toHaveValue("12 / 40");
  await page.keyboard.press("Tab");
  await page.keyboard.type("123");
  await page.keyboard.press("Enter");
  await expect(arrived(page, "done")).toBeVisible();
});

for (const [colorScheme, locale] of [
  ["light", "en"],
  ["dark", "zh"],
] as const) {
  test(`every page is accessible and fits its screen, ${colorScheme} and ${locale}`, async ({
    page,
    shop,
  }) => {
    await page.emulateMedia({ colorScheme });
    const look = async () => {
      await expectAccessible(page);
      await expectFits(page, "browser");
    };
    const open = (await shop.newSession({ locale })).url ?? "";
    await page.goto(`${open}?card=4000000000000002`);
    await page.locator("button.primary").click();
    await page.getByRole("alert").waitFor();
    await look();
    await page.goto(`${open}?method=us_bank_account`);
    await look();
    await page.goto(`${open}?method=alipay`);
    await page.locator("button.primary").click();
    await page.locator("button[name=answer]").first().waitFor();
    await look();
    const ended = await shop.newSession({ locale });
    await shop.local.stripe.checkout.sessions.expire(ended.id);
    await page.goto(ended.url ?? "");
    await look();
  });
}
