import type { Page } from "@playwright/test";
import { issue } from "@/e2e/fixtures/invoices";
import type { Member } from "@/e2e/fixtures/people";
import { expect, test } from "@/e2e/fixtures/portal";
import type { Scene } from "@/e2e/fixtures/scene";
import { payFromBalance } from "@/lib/portal/pay";
import { balancePlan, giveBalance } from "@/lib/testing/fixtures";

const rowsOf = (page: Page) =>
  page.getByRole("table", { name: "Your invoices" }).locator("tbody").getByRole("row");

async function numbersOn(page: Page): Promise<string[]> {
  return rowsOf(page).getByRole("link").allInnerTexts();
}

/** Sixty invoices, the later the larger, half of them past due; the first three are paid. */
async function sixty(scene: Scene, customer: Member): Promise<string[]> {
  const issued = await issue(
    scene,
    customer,
    Array.from({ length: 60 }, (_, index) => ({
      minor: BigInt(1000 + index * 100),
      text: `Job ${index}`,
      dueInDays: index < 30 ? -10 - index : index,
    })),
  );
  await giveBalance(scene.world, customer, 10_000n);
  for (const [index, { id }] of issued.slice(0, 3).entries()) {
    const paid = await payFromBalance(
      customer.actor,
      balancePlan(scene.world, [id], BigInt(1000 + index * 100)),
      scene.world,
    );
    expect(paid.ok).toBe(true);
  }
  return issued.map(({ number }) => number);
}

test("pages forth and back show every invoice once, and the address is the page", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const all = await sixty(scene, customer);
  const page = await pageOf(customer);
  await page.goto("/invoices");
  await expect(page.getByText("60 invoices", { exact: true })).toBeVisible();
  await expect(rowsOf(page)).toHaveCount(25);
  const pages = [await numbersOn(page)];
  for (const count of [25, 10]) {
    await page.getByRole("link", { name: "Older" }).click();
    await expect(rowsOf(page)).toHaveCount(count);
    await expect(rowsOf(page).first()).not.toContainText(pages.at(-1)?.[0] ?? "");
    pages.push(await numbersOn(page));
  }
  expect(pages.flat()).toEqual([...new Set(pages.flat())]);
  expect(pages.flat().toSorted()).toEqual(all.toSorted());
  await expect(page.getByRole("link", { name: "Older" })).toBeHidden();
  const second = pages[1] ?? [];
  await page.getByRole("link", { name: "Newer" }).click();
  await expect.poll(() => numbersOn(page)).toEqual(second);
  await page.reload();
  await expect.poll(() => numbersOn(page)).toEqual(second);
  await page.goBack();
  await expect(rowsOf(page)).toHaveCount(10);
});

test("filters and sort are in the address, survive a reload, and can be cleared", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const all = await sixty(scene, customer);
  const page = await pageOf(customer);
  await page.goto("/invoices");
  await page.getByRole("link", { name: "Paid", exact: true }).click();
  await expect(rowsOf(page)).toHaveCount(3);
  await expect(page).toHaveURL(/\?status=paid$/);
  await page.getByRole("link", { name: "All", exact: true }).click();
  await expect(rowsOf(page)).toHaveCount(25);
  await page.getByText("Filters", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Past due" }).check();
  await page.getByRole("textbox", { name: "Amount from" }).fill("20");
  await page.getByRole("textbox", { name: "Amount up to" }).fill("30.00");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(rowsOf(page)).toHaveCount(11);
  await page.getByRole("link", { name: "Due", exact: true }).click();
  await expect(page).toHaveURL(/status=past_due.*min=20.*max=30.*sort=due/);
  await expect(page.getByRole("columnheader", { name: "Due" })).toHaveAttribute("aria-sort", "descending");
  // Invoice 10 of these was due 20 days ago, invoice 20 was due 30 days ago.
  const found = all.slice(10, 21);
  await expect.poll(() => numbersOn(page)).toEqual(found);
  await page.reload();
  await expect.poll(() => numbersOn(page)).toEqual(found);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page.getByText("60 invoices", { exact: true })).toBeVisible();
});

test("search finds a number and words, and says when nothing matches", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await issue(scene, customer, [
    { minor: 1000n, text: "Pond 100% full" },
    { minor: 1000n, text: "Lake" },
  ]);
  const page = await pageOf(customer);
  await page.goto("/invoices");
  const search = page.getByRole("searchbox", { name: "Search by number or text" });
  await search.fill("100%");
  await search.press("Enter");
  await expect(rowsOf(page)).toHaveCount(1);
  await expect(page).toHaveURL(/\?q=100%25$/);
  await search.fill("no such thing");
  await search.press("Enter");
  await expect(page.getByText("No invoices match")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Clear filters" }).last().click();
  await expect(rowsOf(page)).toHaveCount(2);
});

test("an old or mangled address shows a list, never an error", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await issue(scene, customer, [{ minor: 1000n }]);
  const page = await pageOf(customer);
  for (const query of [
    "status=nonsense&sort=up",
    "min=abc&max=-1",
    "from=2026-02-31&to=x",
    "service=1",
    "q=%00",
    "status=paid&status=open&status=open",
  ]) {
    const answer = await page.goto(`/invoices?${query}`);
    expect(answer?.status(), query).toBe(200);
    await expect(page.getByRole("heading", { level: 1, name: "Invoices" })).toBeVisible();
  }
  await page.goto("/invoices?cursor=xyz");
  await expect(rowsOf(page)).toHaveCount(1);
});

test("invoices of two currencies cannot be chosen together", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const [dollars] = await issue(scene, customer, [{ minor: 1000n }]);
  const [euros] = await issue(scene, { ...customer, currency: "EUR" }, [{ minor: 1000n }]);
  const page = await pageOf(customer);
  await page.goto("/invoices");
  for (const one of [dollars, euros]) {
    await page.getByRole("checkbox", { name: `Choose ${one?.number} to pay it with others` }).check();
  }
  const bar = page.getByRole("region", { name: "Pay chosen invoices" });
  await expect(bar).toContainText("Choose invoices of one currency");
  await expect(bar.getByRole("button", { name: /^Pay/ })).toBeDisabled();
  await page.goto(`/invoices/pay?invoice=${dollars?.id}&invoice=${euros?.id}`);
  await expect(page.getByRole("main")).toContainText("These invoices are in different currencies");
});
