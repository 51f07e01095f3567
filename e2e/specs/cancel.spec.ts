import type { Page } from "@playwright/test";
import type { Member } from "@/e2e/fixtures/people";
import { expect, test } from "@/e2e/fixtures/portal";
import type { Scene } from "@/e2e/fixtures/scene";
import { HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import {
  giveBalance,
  makeActiveService,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
} from "@/lib/testing/fixtures";
import { balanceOf } from "@/lib/testing/payment-facts";

const opener = (page: Page) => page.getByRole("button", { name: "Cancel this invoice" });

async function confirmed(page: Page, says: string): Promise<void> {
  await opener(page).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(says);
  await dialog.getByRole("button", { name: "Cancel the invoice" }).click();
}

/** An order whose payment holds a part of the balance and waits at Stripe; the invoice's page again. */
async function underWay(scene: Scene, customer: Member, page: Page): Promise<InvoicePage> {
  const order = await makeOrder(scene.world, customer, await makePlan(scene.world));
  await giveBalance(scene.world, customer, 400n);
  const invoice = await InvoicePage.open(page, order.invoice.number);
  await invoice.payButton("Pay $4.00 from balance and $6.00 by card").click();
  await new HostedPage(page).asksFor("$6.00");
  return InvoicePage.open(page, order.invoice.number);
}

test("an order that is not wanted: nothing is owed, and a credit note says so", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const order = await makeOrder(scene.world, customer, await makePlan(scene.world));
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, order.invoice.number);
  await opener(page).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(opener(page)).toBeFocused();
  await confirmed(page, "web-1 will not begin.");
  await expect(page.getByText(`Invoice ${invoice.number} is canceled, and nothing is owed`)).toBeVisible();
  await invoice.isIn("Canceled");
  await expect(page.getByRole("main")).toContainText(/Credit note CN-\d{4}-\d{6}/);
  await expect(invoice.timeline).toContainText("Canceled; nothing is owed any more");
  await expect(opener(page)).toBeHidden();
  await expect(invoice.panel).toBeHidden();
});

test("a renewal that is not wanted: its service ends at its date", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world));
  const { number } = await makeRenewal(scene.world, customer, serviceId);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await confirmed(page, "web-1 is not renewed");
  await expect(
    page.getByText(
      "The service is not renewed. Unless you renew it, it is suspended, and later deleted permanently.",
    ),
  ).toBeVisible();
  await invoice.isIn("Canceled");
});

test("a payment under way is closed at Stripe first, and what it held is free again", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const page = await pageOf(customer);
  const invoice = await underWay(scene, customer, page);
  await confirmed(page, "The payment under way is closed at Stripe first.");
  await invoice.isIn("Canceled");
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 400n, held: 0n });
  const { sessionId } = await scene.stripe.sessionOf(customer.customerId);
  await expect(scene.stripe.control.pay(sessionId)).rejects.toThrow("expired");
});

test("a payment that Stripe had taken already wins: the invoice is paid, and it says so", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const page = await pageOf(customer);
  const invoice = await underWay(scene, customer, page);
  await scene.stripe.control.pay((await scene.stripe.sessionOf(customer.customerId)).sessionId);
  await confirmed(page, "If it was paid by then, the invoice stays paid.");
  await expect(page.getByText("so the invoice is paid and was not canceled")).toBeVisible();
  await invoice.isIn("Paid");
});

test("what is not the customer's to cancel offers no button: made by staff, or seen by a viewer", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const byHand = await makeInvoice(scene.world, customer, 500n);
  const page = await pageOf(customer);
  await InvoicePage.open(page, byHand.number);
  await expect(opener(page)).toHaveCount(0);
  const order = await makeOrder(scene.world, customer, await makePlan(scene.world));
  const viewer = await pageOf(await people.join(customer, "viewer"));
  await InvoicePage.open(viewer, order.invoice.number);
  await expect(opener(viewer)).toHaveCount(0);
});
