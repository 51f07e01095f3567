import type { Page } from "@playwright/test";
import { expect, test } from "@/e2e/fixtures/portal";
import type { Scene } from "@/e2e/fixtures/scene";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import type { InvoiceId } from "@/lib/kernel/id";
import { giveBalance, makeInvoice, type TestCustomer } from "@/lib/testing/fixtures";
import { startDirect } from "@/lib/testing/payment-facts";

/** From the invoice's page to Stripe's, to pay 23.40 dollars there. */
async function leaveForStripe(page: Page, number: string): Promise<HostedPage> {
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $23.40 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  return hosted;
}

/** Stripe's page of a payment that was begun while bank debits were still offered. */
async function debitAtStripe(
  scene: Scene,
  page: Page,
  customer: TestCustomer,
  id: InvoiceId,
): Promise<HostedPage> {
  const { url } = await startDirect(scene.world, customer, [id], { cardMinor: 2340n });
  await page.goto(url);
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  return hosted;
}

test("a declined card is not the end: another one pays, once", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const hosted = await leaveForStripe(page, number);
  await hosted.payWith(cards.declined);
  await expect(hosted.alert).toContainText("Your card was declined.");
  await hosted.payWith(cards.good);
  await new ReturnPage(page).saysPaid();
  await scene.stripe.deliver(customer.customerId);
  const invoice = await InvoicePage.open(page, number);
  await invoice.isIn("Paid");
  await expect(invoice.payments.getByRole("row")).toHaveCount(2);
});

test("3-D Secure passed pays", { tag: "@phone" }, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const hosted = await leaveForStripe(page, number);
  await hosted.payWith(cards.secure);
  await hosted.answerBank("Complete authentication");
  await new ReturnPage(page).saysPaid();
  await (await InvoicePage.open(page, number)).isIn("Paid");
});

test("3-D Secure failed takes nothing, and the invoice can still be paid otherwise", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const hosted = await leaveForStripe(page, number);
  await hosted.payWith(cards.secure);
  await hosted.answerBank("Fail authentication");
  await expect(hosted.alert).toContainText("We are unable to authenticate your payment method.");
  await hosted.goBack();
  await new ReturnPage(page).says("Nothing was taken");
  await page.getByRole("link", { name: "Choose another way" }).click();
  const invoice = new InvoicePage(page, number);
  await invoice.isIn("Open");
  await invoice.abandon.click();
  await expect(page.getByText("The payment was canceled. You weren't charged.")).toBeVisible();
  await expect(invoice.payButton("Pay $23.40 by card")).toBeEnabled();
});

test("abandoned: what was held on the balance is free again", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 1000n);
  const { number } = await makeInvoice(scene.world, customer, 3000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $10.00 from balance and $20.00 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$20.00");
  await page.goto("/balance");
  await expect(page.getByRole("main")).toContainText("On hold");
  await InvoicePage.open(page, number);
  await expect(invoice.panel).toContainText("$20.00 by card and $10.00 held on your balance");
  await invoice.abandon.click();
  await expect(page.getByText("The payment was canceled. You weren't charged.")).toBeVisible();
  await expect(invoice.payButton("Pay $10.00 from balance and $20.00 by card")).toBeEnabled();
  await expect(invoice.timeline).toContainText("A payment was canceled; nothing was taken");
});

test("left and gone on with later: the same payment", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  await leaveForStripe(page, number);
  const begun = await scene.stripe.sessionOf(customer.customerId);
  const invoice = await InvoicePage.open(page, number);
  await invoice.isIn("Open");
  await invoice.resume.click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  await hosted.payWith(cards.good);
  await new ReturnPage(page).saysPaid();
  expect(await scene.stripe.sessionOf(customer.customerId)).toMatchObject({ sessionId: begun.sessionId });
  await InvoicePage.open(page, number);
  await expect(invoice.payments.getByRole("row")).toHaveCount(2);
});

test("come back without paying, and go on from there", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const hosted = await leaveForStripe(page, number);
  await hosted.goBack();
  const back = new ReturnPage(page);
  await back.says("Nothing was taken");
  await page.getByRole("link", { name: "Continue to payment" }).click();
  await hosted.asksFor("$23.40");
  await hosted.payWith(cards.good);
  await back.saysPaid();
});

test("expired: the invoice is as before, and a new payment pays it", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  await leaveForStripe(page, number);
  const { sessionId } = await scene.stripe.sessionOf(customer.customerId);
  await scene.stripe.control.expire(sessionId);
  expect(await scene.stripe.deliver(customer.customerId)).toBeGreaterThan(0);
  const invoice = await InvoicePage.open(page, number);
  await invoice.isIn("Open");
  await expect(invoice.timeline).toContainText("A payment expired; nothing was taken");
  await invoice.payButton("Pay $23.40 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  await hosted.payWith(cards.good);
  await new ReturnPage(page).saysPaid();
});

test("expired while the customer still looked at it: going on says so", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  await leaveForStripe(page, number);
  const invoice = await InvoicePage.open(page, number);
  const { sessionId } = await scene.stripe.sessionOf(customer.customerId);
  await scene.stripe.control.expire(sessionId);
  await invoice.resume.click();
  await expect(invoice.payButton("Pay $23.40 by card")).toBeEnabled();
  await invoice.isIn("Open");
});

test("a bank debit takes days, and then succeeds", { tag: "@phone" }, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { id, number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const hosted = await debitAtStripe(scene, page, customer, id);
  await hosted.payByDebit("Debit that succeeds later");
  await new ReturnPage(page).says("Confirming your payment");
  const invoice = await InvoicePage.open(page, number);
  await expect(invoice.panel).toContainText("The bank is working on it, which may take some days.");
  await expect(invoice.abandon).toBeHidden();
  const { intentId } = await scene.stripe.sessionOf(customer.customerId);
  await scene.stripe.control.settleDelayed(intentId ?? "", "succeeds");
  await scene.stripe.deliver(customer.customerId);
  await InvoicePage.open(page, number);
  await invoice.isIn("Paid");
});

test("a bank debit takes days, and then fails: the invoice is open again", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { id, number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const hosted = await debitAtStripe(scene, page, customer, id);
  await hosted.payByDebit("Debit that fails later");
  const back = new ReturnPage(page);
  await back.says("Confirming your payment");
  const { intentId } = await scene.stripe.sessionOf(customer.customerId);
  await scene.stripe.control.settleDelayed(intentId ?? "", "fails");
  // No webhook yet: the page that waits finds out by itself.
  await back.says("Nothing was taken");
  const invoice = await InvoicePage.open(page, number);
  await invoice.isIn("Open");
  await expect(invoice.timeline).toContainText("A payment failed; nothing was taken");
  await expect(invoice.payButton("Pay $23.40 by card")).toBeEnabled();
});
