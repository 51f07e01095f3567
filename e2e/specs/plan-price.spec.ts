import { cast } from "@/e2e/fixtures/looks/look";
import { expect, test } from "@/e2e/fixtures/portal";

test("staff see whom another price reaches before they set it, and the plan says it from then on", async ({
  pageOf,
}) => {
  const page = await pageOf(cast("staff"));
  await page.goto("/admin/plans");
  await page.getByRole("link", { name: /^Pond M/ }).click();
  await page.getByLabel("Price per term").fill("29.90");
  await page.getByRole("button", { name: "Show what it does" }).click();
  await expect(page.getByText(/^It reaches \d+ services of/)).toBeVisible();
  await expect(page.getByRole("table", { name: "Whom it reaches" })).toContainText("29.90");
  await page.getByRole("button", { name: "Set this price" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Price set." })).toBeVisible();
  // The address asks no more, so nothing says that it is the price already.
  await expect(page).toHaveURL(/\/admin\/plans\/pond-m$/);
  await expect(page.getByRole("region", { name: "Another price" }).getByRole("alert")).toHaveCount(0);
  // Other tables of the page name the price too, once for each service that it reaches.
  const prices = page.getByRole("table", { name: "Prices", exact: true });
  await expect(prices.getByRole("row").filter({ hasText: "29.90" })).toContainText("to come");
});

test("a day that is over is refused in a sentence, and nothing is offered to set", async ({ pageOf }) => {
  const page = await pageOf(cast("staff"));
  await page.goto("/admin/plans/pond-m?price=12&currency=USD&from=2020-01-01");
  await expect(page.getByRole("region", { name: "Another price" }).getByRole("alert")).toContainText(
    "That day is over",
  );
  await expect(page.getByRole("button", { name: "Set this price" })).toHaveCount(0);
});
