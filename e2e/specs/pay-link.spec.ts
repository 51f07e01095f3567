import { payPath } from "@/e2e/fixtures/pay-links";
import { expect, test } from "@/e2e/fixtures/portal";
import { dialogButton } from "@/e2e/pages/dialog-button";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { giveBalance, makeInvoice } from "@/lib/testing/fixtures";
import { balanceOf } from "@/lib/testing/payment-facts";

test("somebody with a phone and a link pays, start to end, signed out", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const name = "Garganey and Daughters Ltd";
  const customer = await people.customer({ name });
  await giveBalance(scene.world, customer, 987_600n);
  const { id, number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(null);
  const answer = await page.goto(payPath(scene, customer.customerId, id));
  expect(answer?.headers()).toMatchObject({
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
  });
  expect(answer?.headers()["cache-control"]).toContain("no-store");
  await expect(page.getByRole("heading", { level: 1, name: `Invoice ${number}` })).toBeVisible();
  const shown = await page.content();
  for (const secret of [name, customer.email, "9,876", "Available"]) expect(shown).not.toContain(secret);
  await page.getByRole("button", { name: "Pay $23.40 by card" }).click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  await hosted.payWith(cards.good);
  const back = new ReturnPage(page);
  await back.saysPaid();
  await back.tells(`Invoice ${number}`, "$23.40");
  await expect(back.receipt).not.toContainText(name);
  await expect(back.receipt).not.toContainText("$9,876");
  await page.goto(payPath(scene, customer.customerId, id));
  await expect(page.getByRole("heading", { name: "Nothing is due" })).toBeVisible();
  const invoice = await InvoicePage.open(await pageOf(customer), number);
  await invoice.isIn("Paid");
  await expect(invoice.payments).toContainText("by pay link");
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 987_600n, held: 0n });
});

test("opened while signed in as another customer, it pays the right invoice", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const [payer, owner] = [await people.customer(), await people.customer()];
  await giveBalance(scene.world, payer, 5000n);
  const { id, number } = await makeInvoice(scene.world, owner, 2340n);
  const page = await pageOf(payer);
  await page.goto(payPath(scene, owner.customerId, id));
  await page.getByRole("button", { name: "Pay $23.40 by card" }).click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  await hosted.payWith(cards.good);
  await new ReturnPage(page).saysPaid();
  await (await InvoicePage.open(await pageOf(owner), number)).isIn("Paid");
  expect(await balanceOf(scene.world, payer)).toEqual({ posted: 5000n, held: 0n });
});

test("come back without paying: nothing was taken, and the link still pays", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { id, number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(null);
  await page.goto(payPath(scene, customer.customerId, id));
  await page.getByRole("button", { name: "Pay $23.40 by card" }).click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$23.40");
  await hosted.goBack();
  await new ReturnPage(page).says("Nothing was taken");
  await page.goto(payPath(scene, customer.customerId, id));
  await expect(page.getByText("was begun before and is not finished")).toBeVisible();
  await page.getByRole("button", { name: "Pay $23.40 by card" }).click();
  await hosted.asksFor("$23.40");
  await hosted.payWith(cards.good);
  await new ReturnPage(page).saysPaid();
  await (await InvoicePage.open(await pageOf(customer), number)).isIn("Paid");
});

test("the customer hands the link on, and takes it back by making a new one", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(customer);
  await InvoicePage.open(page, number);
  await page.getByText("Share payment link").click();
  const field = page.getByRole("textbox", { name: "Pay link" });
  const old = await field.inputValue();
  await page.getByRole("button", { name: "Make a new link" }).click();
  await dialogButton(page, "Replace link").click();
  await expect(field).not.toHaveValue(old);
  const fresh = await field.inputValue();
  const other = await pageOf(null);
  await other.goto(old);
  await expect(other.getByRole("heading", { name: "This link leads to no invoice" })).toBeVisible();
  await other.goto(fresh);
  await expect(other.getByRole("button", { name: "Pay $23.40 by card" })).toBeVisible();
  await page.reload();
  await expect(page.getByText("The pay links were revoked, and a new one was made")).toBeVisible();
});

test("a viewer is given no link", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2340n);
  const page = await pageOf(await people.join(customer, "viewer"));
  await InvoicePage.open(page, number);
  await expect(page.getByText("Share payment link")).toBeHidden();
});

test("staff make a new link, and the old one works no more", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { id, number } = await makeInvoice(scene.world, customer, 2340n);
  const [row] = await scene.owner`select reference from customers where id = ${customer.customerId}`;
  const page = await pageOf(await people.staff("support"));
  await page.goto(`/admin/customers/${row?.reference}`);
  await page.getByRole("button", { name: `New pay link for ${number}` }).click();
  await dialogButton(page, "Replace link").click();
  const url = await page.getByRole("textbox", { name: "Pay link" }).inputValue();
  const other = await pageOf(null);
  await other.goto(payPath(scene, customer.customerId, id));
  await expect(other.getByRole("heading", { name: "This link leads to no invoice" })).toBeVisible();
  await other.goto(url);
  await expect(other.getByRole("button", { name: "Pay $23.40 by card" })).toBeVisible();
});
