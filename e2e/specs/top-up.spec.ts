import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { giveBalance, makeActiveService, makeInvoice, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import { balanceOf } from "@/lib/testing/payment-facts";

test.describe("topping up", { tag: "@phone" }, () => {
  test("settles the auto-renew invoice that waited, and says until when its service runs", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
    await giveBalance(scene.world, customer, 200n);
    const { number } = await makeRenewal(scene.world, customer, serviceId);
    const page = await pageOf(customer);
    await page.goto("/balance");
    const panel = page.getByRole("region", { name: "Top up" });
    await panel.getByRole("radio", { name: `Invoice ${number}` }).check();
    await expect(panel).toContainText(`Invoice ${number} is settled as soon as the money arrives.`);
    await panel.getByRole("button", { name: "Top up $8.00" }).click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$8.00");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.says("Topped up. Thank you.");
    await back.tells("Added to your balance", "$8.00");
    await back.tells(`Invoice ${number}`, "$10.00");
    await back.tells("Available", "$0.00");
    await expect(back.receipt).toContainText("Your services now run until");
    await expect
      .poll(async () => (await scene.mailsTo(customer.email)).map(({ text }) => text).join())
      .toContain(`$8.00 of it went to your balance, which then paid ${number}.`);
    await page.goto("/balance");
    await expect(page.getByRole("main")).toContainText("Topped up");
    await expect(page.getByRole("main")).toContainText(`Paid an invoice: ${number}`);
  });

  test("begun from an invoice, settles that one, whatever else is open", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    await giveBalance(scene.world, customer, 1200n);
    const other = await makeInvoice(scene.world, customer, 500n);
    const { number } = await makeInvoice(scene.world, customer, 2000n);
    const page = await pageOf(customer);
    const invoice = await InvoicePage.open(page, number);
    await page.getByRole("link", { name: "Top up $8.00 and this invoice is settled" }).click();
    await expect(page.getByRole("radio", { name: `Invoice ${number}` })).toBeChecked();
    await expect(page.getByRole("button", { name: "Top up $8.00" })).toBeVisible();
    await page.getByRole("radio", { name: "Another amount" }).check();
    await expect(page.getByRole("main")).toContainText(
      `Invoice ${number} is settled first, if it is enough.`,
    );
    await page.getByRole("textbox", { name: "Amount (USD)" }).fill("9.50");
    await page.getByRole("button", { name: "Top up this amount" }).click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$9.50");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.tells(`Invoice ${number}`, "$20.00");
    await back.tells("Available", "$1.50");
    await page.getByRole("link", { name: `Back to invoice ${number}` }).click();
    await invoice.isIn("Paid");
    await expect(invoice.timeline).toContainText("A top-up for this invoice was started");
    await (await InvoicePage.open(page, other.number)).isIn("Open");
    expect(await balanceOf(scene.world, customer)).toEqual({ posted: 150n, held: 0n });
  });

  test("by an amount of one's own, which is refused in words where it cannot be", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    const page = await pageOf(customer);
    await page.goto("/balance");
    const panel = page.getByRole("region", { name: "Top up" });
    const amount = panel.getByRole("textbox", { name: "Amount (USD)" });
    for (const [text, sentence] of [
      ["", "Enter an amount."],
      ["ten", "Write the amount in digits"],
      ["0.49", "The smallest amount that can be topped up is $0.50."],
      ["10000.01", "At most $10,000.00 can be topped up at once."],
    ] as const) {
      await amount.fill(text);
      await panel.getByRole("button", { name: "Top up this amount" }).click();
      await expect(panel).toContainText(sentence);
    }
    await amount.fill("25");
    await panel.getByRole("button", { name: "Top up this amount" }).click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$25.00");
    await hosted.payWith(cards.good);
    await new ReturnPage(page).tells("Available", "$25.00");
    expect(await balanceOf(scene.world, customer)).toEqual({ posted: 2500n, held: 0n });
  });
});

test("whoever may only look sees the balance, and that topping up is not theirs", async ({
  people,
  pageOf,
}) => {
  const page = await pageOf(await people.customer({ role: "viewer" }));
  await page.goto("/balance");
  const panel = page.getByRole("region", { name: "Top up" });
  await expect(panel).toContainText("You may look at this balance but not top it up.");
  await expect(panel.getByRole("button")).toHaveCount(0);
});

test("someone else's invoice is not topped up for: the answer of one that does not exist", async ({
  people,
  scene,
  pageOf,
}) => {
  const theirs = await makeInvoice(scene.world, await people.customer(), 700n);
  const page = await pageOf(await people.customer());
  for (const number of [theirs.number, "NO-SUCH-1", "%00"]) {
    await page.goto(`/balance/top-up?invoice=${number}`);
    await expect(page.getByRole("main")).toContainText("There is no such invoice for you.");
  }
});
