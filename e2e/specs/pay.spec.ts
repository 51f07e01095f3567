import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { giveBalance, makeInvoice, makeOrder, makePlan } from "@/lib/testing/fixtures";

test.describe("paying an invoice", { tag: "@phone" }, () => {
  test("from the balance: paid at once, without leaving", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    await giveBalance(scene.world, customer, 5000n);
    const plan = await makePlan(scene.world, { price: { USD: 2000n } });
    const order = await makeOrder(scene.world, customer, plan);
    const page = await pageOf(customer);
    const invoice = await InvoicePage.open(page, order.invoice.number);
    await expect(invoice.panel).toContainText("Available on your balance$50.00");
    await invoice.payButton("Pay $20.00 from balance").click();
    const back = new ReturnPage(page);
    await back.saysPaid();
    await back.tells(`Invoice ${invoice.number}`, "$20.00");
    await back.tells("From your balance", "$20.00");
    await expect(back.receipt).toContainText("Your services now run until");
    await page.getByRole("link", { name: `Back to invoice ${invoice.number}` }).click();
    await invoice.isShown();
    await invoice.isIn("Paid");
    await expect(invoice.panel).toBeHidden();
    await expect(invoice.payments).toContainText("From balance");
    await page.goto("/balance");
    await expect(page.getByRole("main")).toContainText("$30.00");
  });

  test("directly: all of it at Stripe", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const { number } = await makeInvoice(scene.world, customer, 2340n);
    const page = await pageOf(customer);
    const invoice = await InvoicePage.open(page, number);
    await expect(invoice.way("From your balance")).toBeHidden();
    await invoice.payButton("Pay $23.40 by card").click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$23.40");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.saysPaid();
    await back.tells("By card", "$23.40");
    await InvoicePage.open(page, number);
    await invoice.isIn("Paid");
    await expect(invoice.payments).toContainText("By card");
    await expect(invoice.timeline).toContainText("Paid in full");
  });

  test("combined: all of the balance, the rest at Stripe", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    await giveBalance(scene.world, customer, 700n);
    const { number } = await makeInvoice(scene.world, customer, 3000n);
    const page = await pageOf(customer);
    const invoice = await InvoicePage.open(page, number);
    await expect(invoice.panel).toContainText("Your balance is $23.00 short of paying it all.");
    await invoice.choose("Balance first, the rest by card");
    await invoice.payButton("Pay $7.00 from balance and $23.00 by card").click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$23.00");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.saysPaid();
    await back.tells("From your balance", "$7.00");
    await back.tells("By card", "$23.00");
    await InvoicePage.open(page, number);
    await invoice.isIn("Paid");
    await expect(invoice.payments).toContainText("$7.00 from balance, $23.00 by card");
  });

  test("combined: a stated part of the balance, the rest at Stripe", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    await giveBalance(scene.world, customer, 5000n);
    const { number } = await makeInvoice(scene.world, customer, 3000n);
    const page = await pageOf(customer);
    const invoice = await InvoicePage.open(page, number);
    await invoice.takePart("12.50");
    await invoice.payButton("Pay $12.50 from balance and $17.50 by card").click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$17.50");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.saysPaid();
    await back.tells("From your balance", "$12.50");
    await back.tells("By card", "$17.50");
    await page.goto("/balance");
    await expect(page.getByRole("main")).toContainText("$37.50");
  });

  test("several at once, chosen in the list", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const first = await makeInvoice(scene.world, customer, 1000n);
    const second = await makeInvoice(scene.world, customer, 2500n);
    const other = await makeInvoice(scene.world, customer, 9900n);
    const page = await pageOf(customer);
    await page.goto("/invoices");
    await page.getByRole("checkbox", { name: `Choose ${first.number} to pay it with others` }).check();
    await page.getByRole("checkbox", { name: `Choose ${second.number} to pay it with others` }).check();
    await page.getByRole("button", { name: "Pay 2 invoices, $35.00" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Pay several invoices" })).toBeVisible();
    await page.getByRole("button", { name: "Pay $35.00 by card" }).click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$35.00");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.saysPaid();
    await back.tells(`Invoice ${first.number}`, "$10.00");
    await back.tells(`Invoice ${second.number}`, "$25.00");
    await (await InvoicePage.open(page, first.number)).isIn("Paid");
    await (await InvoicePage.open(page, other.number)).isIn("Open");
  });

  test("a click before the page's script has arrived is not lost", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const { number } = await makeInvoice(scene.world, customer, 2340n);
    const page = await pageOf(customer);
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await page.route("**/_next/static/chunks/**.js*", async (route) => {
      await arrived;
      await route.continue();
    });
    await page.goto(`/invoices/${number}`, { waitUntil: "commit" });
    await new InvoicePage(page, number).payButton("Pay $23.40 by card").click();
    arrive();
    await new HostedPage(page).asksFor("$23.40");
  });
});
