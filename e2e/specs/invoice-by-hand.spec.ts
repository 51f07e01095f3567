import type { Page } from "@playwright/test";
import { expect, test } from "@/e2e/fixtures/portal";
import { answered } from "@/e2e/pages/answered";
import { dialogButton } from "@/e2e/pages/dialog-button";

const main = (page: Page) => page.getByRole("main");
const line = (page: Page, place: number) => page.getByRole("group", { name: `Line ${place}` });

async function begin(page: Page, customerId: string): Promise<void> {
  await page.goto(`/admin/customers/E-${customerId.slice(-12)}`);
  await page.getByRole("link", { name: "New invoice" }).click();
  await expect(line(page, 1)).toBeVisible();
}

async function write(page: Page, place: number, given: { text: string; unit: string; tax?: string }) {
  await line(page, place).getByLabel("What for").fill(given.text);
  await line(page, place).getByLabel("Price").fill(given.unit);
  await line(page, place)
    .getByLabel("Tax %")
    .fill(given.tax ?? "10");
}

// "Kept." of the time before is still there while it is kept again.
const save = (page: Page) =>
  answered(page, () => page.getByRole("button", { name: "Keep as a draft" }).click());
const issue = (page: Page) => page.getByRole("button", { name: "Issue this invoice" });

test("staff write an invoice with a discount, look at it, issue it, and the customer has it", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer({ name: "Teal Ltd" });
  const page = await pageOf(await people.staff("finance"));
  await begin(page, customer.customerId);
  await write(page, 1, { text: "Moving of a server", unit: "100" });
  await page.getByRole("button", { name: "Add a line" }).click();
  await line(page, 2).getByLabel("Kind").selectOption("Discount");
  await write(page, 2, { text: "For long standing", unit: "20" });
  await page.getByLabel("Note").fill("Thank you for waiting.");
  await expect(main(page)).toContainText("Keep it to see what it comes to, and to issue it.");
  await expect(issue(page)).toHaveCount(0);
  await save(page);
  await expect(main(page)).toContainText("Kept.");
  await expect(main(page)).toContainText("$88.00");
  const preview = await page.getByRole("link", { name: "See it as it will print" }).getAttribute("href");
  const paper = await page.request.get(preview ?? "");
  expect(paper.headers()["content-type"]).toContain("application/pdf");
  await issue(page).click();
  await dialogButton(page, "Issue invoice").click();
  await expect(main(page)).toContainText(/Issued as INV-\d{4}-\d+/);

  const [invoice] = await scene.owner`select number from invoices where customer_id = ${customer.customerId}`;
  const own = await pageOf(customer);
  await own.goto(`/invoices/${invoice?.number}`);
  await expect(main(own)).toContainText("Moving of a server");
  await expect(main(own)).toContainText("Thank you for waiting.");
  await expect(main(own)).toContainText("$88.00");
});

test("what is missing or too long is said in a sentence, and nothing that was written is lost", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const page = await pageOf(await people.staff("finance"));
  await begin(page, customer.customerId);
  await save(page);
  await expect(main(page)).toContainText("Kept.");
  await issue(page).click();
  await dialogButton(page, "Issue invoice").click();
  await expect(main(page)).toContainText("It has no lines yet.");
  await write(page, 1, { text: "Work", unit: "ten" });
  await save(page);
  await expect(main(page)).toContainText("Line 1: write the price with digits");
  await write(page, 1, { text: "Work", unit: "10" });
  await page.getByLabel("Note").fill("x".repeat(1001));
  await save(page);
  await expect(main(page)).toContainText("room for 1000 characters");
  await page.getByLabel("Note").fill("");
  await line(page, 1).getByLabel("Kind").selectOption("Discount");
  await save(page);
  await expect(main(page)).toContainText("Kept.");
  await issue(page).click();
  await dialogButton(page, "Issue invoice").click();
  await expect(main(page)).toContainText("The total must be above zero.");
  await page.getByText("Discard the draft").click();
  await page.getByRole("button", { name: "Discard it for good" }).click();
  await expect(page).toHaveURL(/\/admin\/customers\/E-[0-9a-f]+$/);
  expect(await scene.owner`select 1 from invoices where customer_id = ${customer.customerId}`).toHaveLength(
    0,
  );
});

test("two of staff on one draft: one wins, the other is told who it was", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const one = await pageOf(await people.staff("finance"));
  await begin(one, customer.customerId);
  await write(one, 1, { text: "Work", unit: "10" });
  await save(one);
  await expect(main(one)).toContainText("Kept.");
  const two = await pageOf(await people.staff("admin"));
  await two.goto(one.url());
  await one.getByLabel("Note").fill("Changed");
  await save(one);
  await expect(main(one)).toContainText("Kept.");
  await expect(one.getByLabel("Note")).toHaveValue("Changed");
  await issue(two).click();
  await dialogButton(two, "Issue invoice").click();
  await expect(main(two)).toContainText("Staff has changed this draft since you opened it.");
  await issue(one).click();
  await dialogButton(one, "Issue invoice").click();
  await expect(main(one)).toContainText(/Issued as INV-/);
  await two.reload();
  await expect(main(two)).toContainText(/Issued as INV-/);
  expect(await scene.owner`select 1 from invoices where customer_id = ${customer.customerId}`).toHaveLength(
    1,
  );
});
