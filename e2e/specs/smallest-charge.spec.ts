import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { giveBalance, makeInvoice } from "@/lib/testing/fixtures";

test("too little would be left for the card: less balance is used, and it says so before", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 1990n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await expect(invoice.panel).toContainText("only $19.50 instead of $19.90 is taken from your balance");
  await invoice.payButton("Pay $19.50 from balance and $0.50 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$0.50");
  await hosted.payWith(cards.good);
  const back = new ReturnPage(page);
  await back.saysPaid();
  await back.tells("From your balance", "$19.50");
  await back.tells("By card", "$0.50");
  await page.goto("/balance");
  await expect(page.getByRole("main")).toContainText("$0.40");
});

test("less is due than a card can be charged: the smallest amount is charged, the excess stays the customer's", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 20n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await expect(invoice.panel).toContainText("$0.30 too much is charged, and stays yours");
  await invoice.payButton("Pay $0.50 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$0.50");
  await hosted.payWith(cards.good);
  const back = new ReturnPage(page);
  await back.saysPaid();
  await back.tells(`Invoice ${number}`, "$0.20");
  await back.tells("Added to your balance", "$0.30");
  await page.goto("/balance");
  await expect(page.getByRole("main")).toContainText("Paid more than was due");
});

test("dinars are charged in steps of ten: the card pays the step, the balance gets the rest", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer({ currency: "KWD" });
  const { number } = await makeInvoice(scene.world, customer, 12_345n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await expect(invoice.panel).toContainText("KWD 0.005 too much is charged, and stays yours");
  await invoice.payButton("Pay KWD 12.350 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("KWD 12.350");
  await hosted.payWith(cards.good);
  const back = new ReturnPage(page);
  await back.saysPaid();
  await back.tells("Added to your balance", "KWD 0.005");
});

test("dinars with a balance: the card's part ends in a step, the balance pays the rest exactly", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer({ currency: "KWD" });
  await giveBalance(scene.world, customer, 5_000n);
  const { number } = await makeInvoice(scene.world, customer, 12_345n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.payButton("Pay KWD 4.995 from balance and KWD 7.350 by card").click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("KWD 7.350");
  await hosted.payWith(cards.good);
  const back = new ReturnPage(page);
  await back.saysPaid();
  await back.tells("From your balance", "KWD 4.995");
});

test("yen have no decimals, and a part with decimals is refused in words", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer({ currency: "JPY" });
  await giveBalance(scene.world, customer, 500n);
  const { number } = await makeInvoice(scene.world, customer, 3000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.takePart("12.5");
  await expect(invoice.panel).toContainText("This currency has no decimals.");
  await invoice.takePart("120");
  await invoice.payButton("Pay ¥120 from balance and ¥2,880 by card").click();
  await new HostedPage(page).asksFor("¥2,880");
});
