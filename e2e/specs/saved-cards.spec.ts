import type { Page } from "@playwright/test";
import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { makeInvoice } from "@/lib/testing/fixtures";

/** Adds a card on the page for that, by way of Stripe's. */
async function addCard(page: Page, card: (typeof cards)[keyof typeof cards], asks = false): Promise<void> {
  await page.goto("/payment-methods");
  await page.getByRole("button", { name: "Add a card" }).click();
  const hosted = new HostedPage(page);
  await hosted.save(card);
  if (asks) await hosted.answerBank("Complete authentication");
  await expect(page.getByRole("status").filter({ hasText: "Your card is saved" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Your saved cards" })).toContainText(
    `ending ${card.slice(-4)}`,
  );
}

test.describe("saved cards", { tag: "@phone" }, () => {
  test("saved while paying, a card pays the next invoice at once", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const first = await makeInvoice(scene.world, customer, 2000n);
    const second = await makeInvoice(scene.world, customer, 3000n);
    const page = await pageOf(customer);
    let invoice = await InvoicePage.open(page, first.number);
    await invoice.panel.getByRole("checkbox", { name: "Save this card for next time" }).check();
    await invoice.payButton("Pay $20.00 by card").click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$20.00");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.says("Paid. Thank you.");
    invoice = await InvoicePage.open(page, second.number);
    await expect(invoice.panel.getByRole("radio", { name: "Visa ending 4242" })).toBeChecked();
    await invoice.payButton("Pay $30.00 with Visa ending 4242").click();
    await back.says("Paid. Thank you.");
    await back.tells("By card", "$30.00");
  });

  test("a bank that asks is answered on its page, and the invoice is paid", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    const { number } = await makeInvoice(scene.world, customer, 2000n);
    const page = await pageOf(customer);
    await addCard(page, cards.secure, true);
    const invoice = await InvoicePage.open(page, number);
    await invoice.payButton("Pay $20.00 with Visa ending 3184").click();
    await new HostedPage(page).answerBank("Complete authentication");
    await new ReturnPage(page).says("Paid. Thank you.");
  });

  test("a bank that is not answered rightly takes nothing, and another card pays", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    const { number } = await makeInvoice(scene.world, customer, 2000n);
    const page = await pageOf(customer);
    await addCard(page, cards.secure, true);
    let invoice = await InvoicePage.open(page, number);
    await invoice.payButton("Pay $20.00 with Visa ending 3184").click();
    await new HostedPage(page).answerBank("Fail authentication");
    const back = new ReturnPage(page);
    await back.says("Your card was declined");
    await expect(page.getByRole("main")).toContainText("Nothing was taken: your bank wanted you to confirm");
    await page.getByRole("link", { name: "Choose another way" }).click();
    invoice = new InvoicePage(page, number);
    await invoice.isShown();
    await invoice.panel.getByRole("radio", { name: "A new card" }).check();
    await invoice.payButton("Pay $20.00 by card").click();
    const hosted = new HostedPage(page);
    await hosted.payWith(cards.good);
    await back.says("Paid. Thank you.");
  });

  test("a declined saved card says so beside the button, and another way is open at once", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    const { number } = await makeInvoice(scene.world, customer, 2000n);
    const page = await pageOf(customer);
    await addCard(page, cards.failsLater);
    const invoice = await InvoicePage.open(page, number);
    await invoice.payButton("Pay $20.00 with Visa ending 0341").click();
    await expect(invoice.alert).toContainText("Your card was declined, and nothing was taken");
    await invoice.panel.getByRole("radio", { name: "A new card" }).check();
    await invoice.payButton("Pay $20.00 by card").click();
    await new HostedPage(page).payWith(cards.good);
    await new ReturnPage(page).says("Paid. Thank you.");
  });

  test("one is made the default, the other removed after a question", async ({ people, pageOf }) => {
    const page = await pageOf(await people.customer());
    await page.goto("/payment-methods");
    await expect(page.getByText("No saved cards")).toBeVisible();
    await addCard(page, cards.good);
    await addCard(page, cards.mastercard);
    const list = page.getByRole("list", { name: "Your saved cards" });
    const item = (name: string) => list.getByRole("listitem").filter({ hasText: name });
    await expect(item("Visa ending 4242")).toContainText("Default");
    await page.getByRole("button", { name: "Make Mastercard ending 4444 the default" }).click();
    await expect(item("Mastercard ending 4444")).toContainText("Default");
    await expect(item("Visa ending 4242")).not.toContainText("Default");
    await page.getByRole("button", { name: "Remove Visa ending 4242" }).click();
    const question = page.getByRole("dialog", { name: "Remove the card ending 4242?" });
    await expect(question).toContainText("can never be charged again");
    await question.getByRole("button", { name: "Keep it" }).click();
    await expect(item("Visa ending 4242")).toBeVisible();
    await page.getByRole("button", { name: "Remove Visa ending 4242" }).click();
    await question.getByRole("button", { name: "Remove card" }).click();
    await expect(item("Visa ending 4242")).toHaveCount(0);
    await expect(item("Mastercard ending 4444")).toBeVisible();
  });
});

test("a card removed in another tab while paying is refused in words, and the next way is at hand", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  await addCard(page, cards.good);
  const invoice = await InvoicePage.open(page, number);
  const tab = await page.context().newPage();
  await tab.goto("/payment-methods");
  await tab.getByRole("button", { name: "Remove Visa ending 4242" }).click();
  await tab.getByRole("button", { name: "Remove card" }).click();
  await expect(tab.getByText("No saved cards")).toBeVisible();
  await invoice.payButton("Pay $20.00 with Visa ending 4242").click();
  await expect(invoice.alert).toContainText("The card ending 4242 has been removed meanwhile");
  await expect(invoice.payButton("Pay $20.00 by card")).toBeVisible();
});
