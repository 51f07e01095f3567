import { expect, test } from "@/e2e/fixtures/portal";

test("staff ask for a renewal run, and the page says by itself when the worker has done it", async ({
  people,
  pageOf,
}) => {
  const finance = await people.staff("finance");
  const page = await pageOf(finance);
  await page.goto("/admin/renewals");
  await page.getByRole("button", { name: /^Ask the worker to run/ }).click();
  await expect(page.getByText(/^The run that .+ asked for .+ is over/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Ask the worker to run/ })).toBeEnabled();
  await page.goto("/admin/activity");
  await expect(page.getByRole("table").first()).toContainText("Asked for a renewal run");
});
