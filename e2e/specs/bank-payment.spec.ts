import type { Page } from "@playwright/test";
import { expect, test } from "@/e2e/fixtures/portal";
import { dialogButton } from "@/e2e/pages/dialog-button";
import { newId } from "@/lib/kernel/id";
import { makeInvoice } from "@/lib/testing/fixtures";
import { balanceOf } from "@/lib/testing/payment-facts";

const main = (page: Page) => page.getByRole("main");

async function fill(
  page: Page,
  given: { amount: string; reference: string; sender?: string },
): Promise<void> {
  await page.getByLabel("Amount", { exact: true }).fill(given.amount);
  await page.getByLabel("Bank’s reference").fill(given.reference);
  await page.getByLabel("Sender (optional)").fill(given.sender ?? "");
}

const recordButton = (page: Page) => page.getByRole("button", { name: "Record it" });

test("staff record what a customer paid by bank: from the invoice, too much becomes balance", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer({ name: "Smew Ltd" });
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(await people.staff("finance"));
  await page.goto(`/admin/customers/E-${customer.customerId.slice(-12)}`);
  await page.getByRole("link", { name: `Bank payment for ${number}` }).click();
  await expect(page.getByRole("checkbox", { name: number })).toBeChecked();
  await fill(page, { amount: "25", reference: newId() });
  await recordButton(page).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("Record $25.00 from Smew Ltd?");
  await expect(question).toContainText(`${number} gets $20.00 and is paid.`);
  await expect(question).toContainText("$5.00 goes to the balance");
  expect(await balanceOf(scene.world, customer)).toMatchObject({ posted: 0n });
  await dialogButton(page, "Record payment").click();
  await expect(main(page)).toContainText(`Paid: ${number} ($20.00). $5.00 went to the balance.`);
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 500n, held: 0n });

  const own = await pageOf(customer);
  await own.goto(`/invoices/${number}`);
  await expect(main(own)).toContainText("By bank transfer");
});

test("what is wrong with a receipt is said in a sentence, and what was typed and chosen stays", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(await people.staff("finance"));
  await page.goto(`/admin/customers/E-${customer.customerId.slice(-12)}/bank-payment?invoice=${number}`);
  await fill(page, { amount: "ten", reference: "x".repeat(141) });
  await recordButton(page).click();
  await expect(page.getByRole("alert").filter({ hasText: "digits" })).toBeVisible();
  await page.getByLabel("Amount", { exact: true }).fill("20");
  await recordButton(page).click();
  await expect(main(page)).toContainText("room for 140 characters");
  await page.getByLabel("Bank’s reference").fill(newId());
  await page.getByLabel("Value date").evaluate((input: HTMLInputElement) => input.removeAttribute("max"));
  await page.getByLabel("Value date").fill("2999-01-01");
  await recordButton(page).click();
  await expect(main(page)).toContainText("The value date lies in the future.");
  await expect(page.getByRole("checkbox", { name: number })).toBeChecked();
  expect(await balanceOf(scene.world, customer)).toMatchObject({ posted: 0n });
});

test("money of an unknown sender waits until it is assigned; of two at once one is told", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer({ name: "Scaup Ltd" });
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const reference = `${number} ${newId().slice(-6)}`;
  const page = await pageOf(await people.staff("finance"));
  await page.goto("/admin/bank");
  await page.getByLabel("Currency").selectOption("USD");
  await fill(page, { amount: "20", reference, sender: "S. Caup" });
  await recordButton(page).click();
  await expect(main(page)).toContainText("It waits in the list until it is assigned.");

  const [mine, other] = [page, await pageOf(await people.staff("finance"))];
  for (const one of [mine, other]) {
    await one.goto("/admin/bank");
    const waiting = one.getByRole("listitem").filter({ hasText: reference });
    await expect(waiting).toContainText("Scaup Ltd");
    await waiting.getByText("Assign to a customer").click();
    await expect(waiting.getByLabel("For these invoices (optional)")).toHaveValue(number);
  }
  const assign = (one: Page) =>
    one
      .getByRole("listitem")
      .filter({ hasText: reference })
      .getByRole("button", { name: "Assign", exact: true });
  await assign(mine).click();
  await dialogButton(mine, "Assign payment").click();
  await expect(mine.getByRole("listitem").filter({ hasText: reference })).toHaveCount(0);
  await assign(other).click();
  await dialogButton(other, "Assign payment").click();
  await expect(main(other)).toContainText("Somebody was faster: this receipt belongs to Scaup Ltd now.");
  const [row] = await scene.owner`select state from invoices where customer_id = ${customer.customerId}`;
  expect(row?.state).toBe("paid");
});

test("money that nobody is found for is sent back, with a reason", async ({ people, pageOf }) => {
  const reference = `NOBODY ${newId().slice(-6)}`;
  const page = await pageOf(await people.staff("finance"));
  await page.goto("/admin/bank");
  await page.getByLabel("Currency").selectOption("USD");
  await fill(page, { amount: "20", reference });
  await recordButton(page).click();
  const waiting = page.getByRole("listitem").filter({ hasText: reference });
  await waiting.getByText("Send it back").click();
  await waiting.getByLabel("Reason").fill("The sender asked for it");
  await waiting.getByRole("button", { name: "It was sent back" }).click();
  await dialogButton(page, "Record return").click();
  await expect(waiting).toHaveCount(0);
});

test("a closed customer's money is told where to go, and an auditor records nothing", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const path = `/admin/customers/E-${customer.customerId.slice(-12)}/bank-payment`;
  const auditor = await pageOf(await people.staff("auditor"));
  await auditor.goto(path);
  await expect(recordButton(auditor)).toHaveCount(0);
  await scene.owner`update customers set closed_at = now() where id = ${customer.customerId}`;
  const page = await pageOf(await people.staff("finance"));
  await page.goto(path);
  await expect(main(page)).toContainText("Record the money on the page “Bank”");
  await expect(recordButton(page)).toHaveCount(0);
});
