import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { giveBalance, makeInvoice } from "@/lib/testing/fixtures";
import { factsOf } from "@/lib/testing/payment-facts";

test("late: the page after payment settles, and the webhook finds nothing to do", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $23.40 by card").click();
  await new HostedPage(page).payWith(cards.good);
  await new ReturnPage(page).saysPaid();
  const { paymentId } = await scene.stripe.sessionOf(customer.customerId);
  const settled = await factsOf(scene.world, { ...customer, paymentId });
  expect(settled).toMatchObject({ state: "succeeded", fromStripe: 2340n, allocated: 2340n, claims: 0 });
  expect(await scene.stripe.deliver(customer.customerId, 5)).toBeGreaterThan(0);
  await page.reload();
  await new ReturnPage(page).saysPaid();
  expect(await factsOf(scene.world, { ...customer, paymentId })).toEqual(settled);
});

test("first: the page after payment agrees with it", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $23.40 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  const { paymentId, sessionId } = await scene.stripe.sessionOf(customer.customerId);
  const { redirectUrl } = await scene.stripe.control.pay(sessionId);
  expect(await scene.stripe.deliver(customer.customerId)).toBeGreaterThan(0);
  const other = await pageOf(customer);
  await (await InvoicePage.open(other, number)).isIn("Paid");
  await page.goto(redirectUrl ?? "");
  await new ReturnPage(page).saysPaid();
  expect(await factsOf(scene.world, { ...customer, paymentId })).toMatchObject({
    state: "succeeded",
    charges: 1,
    fromStripe: 2340n,
    allocated: 2340n,
  });
});

test("never, and the customer closed the tab: the worker asks Stripe, and the invoice is paid", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 340n);
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay $3.40 from balance and $20.00 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$20.00");
  const { paymentId, sessionId } = await scene.stripe.sessionOf(customer.customerId);
  await page.close();
  await scene.stripe.control.pay(sessionId);
  await scene.owner`
    update payments set next_poll_at = now() - interval '1 minute'
    where customer_id = ${customer.customerId} and id = ${paymentId}`;
  const later = await pageOf(customer);
  await expect(async () => {
    await later.goto(`/invoices/${number}`);
    await expect(later.getByRole("main").getByText("Paid in full")).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 60_000 });
  expect(await factsOf(scene.world, { ...customer, paymentId })).toMatchObject({
    state: "succeeded",
    fromHolds: 340n,
    fromStripe: 2000n,
    claims: 0,
    openHolds: 0,
  });
});
