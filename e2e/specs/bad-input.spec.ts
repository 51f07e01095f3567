import type { Page } from "@playwright/test";
import { actionNamed, callAction, onPageOf } from "@/e2e/fixtures/actions";
import { issue } from "@/e2e/fixtures/invoices";
import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { newId } from "@/lib/kernel/id";
import { giveBalance, makeInvoice } from "@/lib/testing/fixtures";
import { balanceOf } from "@/lib/testing/payment-facts";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";

async function answerAt(page: Page, path: string): Promise<{ status: number | undefined; words: string }> {
  const response = await page.goto(path);
  return { status: response?.status(), words: await page.getByRole("main").innerText() };
}

test("someone else's invoice gets the answer of one that does not exist", async ({
  people,
  scene,
  pageOf,
}) => {
  const [customer, other] = [await people.customer(), await people.customer()];
  const theirs = await makeInvoice(scene.world, other, 7770n);
  const page = await pageOf(customer);
  const unknown = await answerAt(page, "/invoices/NO-SUCH-1");
  expect(unknown.status).toBe(404);
  expect(unknown.words).toContain("There is nothing here");
  expect(await answerAt(page, `/invoices/${theirs.number}`)).toEqual(unknown);
  const unknownTogether = await answerAt(page, `/invoices/pay?invoice=${newId()}`);
  expect(unknownTogether.words).toContain("There is no such invoice for you.");
  expect(await answerAt(page, `/invoices/pay?invoice=${theirs.id}`)).toEqual(unknownTogether);
});

test("numbers that nobody could have are unknown like any other", async ({ people, pageOf }) => {
  const page = await pageOf(await people.customer());
  for (const number of [
    "..%2f..%2fadmin",
    "%27; drop table invoices; --",
    "%3Cscript%3E",
    "%F0%9F%92%B6",
    "%00",
  ]) {
    const { status, words } = await answerAt(page, `/invoices/${number}`);
    expect(status, number).toBe(404);
    expect(words, number).toContain("There is nothing here");
  }
});

test("paid meanwhile in a second tab: a clear sentence, and nothing is taken twice", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const first = await pageOf(customer);
  const slow = await InvoicePage.open(first, number);
  const quick = await InvoicePage.open(await first.context().newPage(), number);
  await quick.payButton("Pay $20.00 from balance").click();
  await new ReturnPage(quick.page).saysPaid();
  await slow.payButton("Pay $20.00 from balance").click();
  await expect(first.getByText(`Invoice ${number} has been paid meanwhile. Nothing was taken`)).toBeVisible();
  await slow.isIn("Paid");
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 3000n, held: 0n });
});

test("cancelled meanwhile: a clear sentence, and nothing is taken", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { id, number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await voidInvoiceBehindItsClaim(scene.world, customer.customerId, id);
  await invoice.payButton("Pay $20.00 from balance").click();
  await expect(
    page.getByText(`Invoice ${number} has been canceled meanwhile. Nothing was taken`),
  ).toBeVisible();
  await invoice.isIn("Canceled");
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 5000n, held: 0n });
});

test("a plan that no longer holds: asked again with the amounts as they are now", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 500n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  const asShown = invoice.payButton("Pay $5.00 from balance and $15.00 by card");
  await expect(asShown).toBeEnabled();
  await giveBalance(scene.world, customer, 300n);
  await asShown.click();
  await expect(invoice.alert).toContainText("The amounts have changed since this page was shown");
  await invoice.payButton("Pay $8.00 from balance and $12.00 by card").click();
  await new HostedPage(page).asksFor("$12.00");
});

test("a part larger than what is available, or no amount at all, is refused in words", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 500n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  const refusals = [
    ["5.01", "Only $5.00 can be taken from your balance."],
    ["much", "Write the amount in digits, such as 12.30."],
    ["-1", "The amount must not be negative."],
    ["1.234", "This currency has 2 decimals."],
    ["99999999999999999999999", "Write a smaller amount."],
  ] as const;
  for (const [amount, sentence] of refusals) {
    await invoice.takePart(amount);
    await expect(invoice.panel).toContainText(sentence);
    await expect(invoice.panel.getByRole("button", { name: "Enter how much to take" })).toBeDisabled();
  }
});

test("no invoice chosen, or too many: a clear sentence", async ({ people, pageOf }) => {
  const page = await pageOf(await people.customer());
  await page.goto("/invoices/pay");
  await expect(page.getByRole("main")).toContainText("No invoice is chosen.");
  await page.goto("/invoices/pay?invoice=not-an-id");
  await expect(page.getByRole("main")).toContainText("There is no such invoice for you.");
});

test("a payment's id used before with other content is refused, and takes nothing more", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const [first, second] = await issue(scene, customer, [{ minor: 1000n }, { minor: 1000n }]);
  const { request } = (await pageOf(customer)).context();
  const pay = (invoiceId: string | undefined) =>
    callAction(request, onPageOf(customer.customerId, actionNamed("payFromBalance")), {
      paymentId,
      invoiceIds: [invoiceId],
      plan: { balanceMinor: "1000", cardMinor: "0", excessMinor: "0" },
    });
  const paymentId = newId();
  const paid = await pay(first?.id);
  expect(paid.value).toMatchObject({ ok: true });
  expect(await pay(first?.id)).toEqual(paid);
  expect((await pay(second?.id)).value).toMatchObject({
    ok: false,
    refusal: { code: "payment_id_used", sentence: expect.stringContaining("nothing more was taken") },
  });
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 4000n, held: 0n });
});

test("a double click is one payment", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $20.00 from balance").dblclick();
  await new ReturnPage(page).saysPaid();
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 3000n, held: 0n });
  await InvoicePage.open(page, number);
  await expect(invoice.payments.getByRole("row")).toHaveCount(2);
});

test("the back button after paying shows the invoice as it is", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $20.00 from balance").click();
  await new ReturnPage(page).saysPaid();
  await page.goBack();
  await invoice.isIn("Paid");
  await expect(invoice.panel).toBeHidden();
});

test("the back button from Stripe's page leads to the payment under way", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $20.00 by card").click();
  await new HostedPage(page).asksFor("$20.00");
  await page.goBack();
  await expect(invoice.resume).toBeEnabled();
  await expect(invoice.payButton("Pay $20.00 by card")).toBeHidden();
});

test("begun in two tabs: the later one closes the earlier one at Stripe, and only one is charged", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const early = await InvoicePage.open(page, number);
  const late = await InvoicePage.open(await page.context().newPage(), number);
  await early.payButton("Pay $20.00 by card").click();
  await new HostedPage(page).asksFor("$20.00");
  await late.payButton("Pay $20.00 by card").click();
  const hosted = new HostedPage(late.page);
  await hosted.asksFor("$20.00");
  await page.reload();
  await expect(page.getByRole("heading", { name: "This payment page has expired" })).toBeVisible();
  await hosted.payWith(cards.good);
  await new ReturnPage(late.page).saysPaid();
  await page.getByRole("link", { name: /^Return to/ }).click();
  await new ReturnPage(page).says("Nothing was taken");
});

const names = [
  ["markup", "<b>Bold</b> & <script>document.title='owned'</script>"],
  ["right to left", "شركة البجع \u202etxt.exe"],
  ["emoji", "🦆 Enten & Söhne 👩‍👩‍👧 e.V."],
  ["a formula", '=HYPERLINK("https://evil.example","Click")'],
] as const;

for (const [what, name] of names) {
  test(`a name with ${what} is shown as the text that it is`, { tag: "@phone" }, async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer({ name });
    const [invoice] = await issue(scene, customer, [{ minor: 1000n, text: name }]);
    const page = await pageOf(customer);
    await page.goto("/invoices");
    await expect(page.getByRole("button", { name })).toBeVisible();
    await expect(page.getByRole("table", { name: "Your invoices" })).toContainText(name);
    const { page: shown } = await InvoicePage.open(page, invoice?.number ?? "");
    await expect(shown.getByRole("main")).toContainText(name);
    await expect(shown).toHaveTitle(/^Invoice /);
    expect(await shown.locator("main b, main script").count()).toBe(0);
    const tooWide = await shown.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide).toBeLessThanOrEqual(0);
  });
}
