import { expect, test } from "@/e2e/fixtures/portal";
import { answered } from "@/e2e/pages/answered";

test("staff ask for a renewal run, and the page says by itself when the worker has done it", async ({
  people,
  pageOf,
}) => {
  const finance = await people.staff("finance");
  const page = await pageOf(finance);
  await page.goto("/admin/renewals");
  // What is said of the run before stays until this one is asked for.
  await answered(page, () => page.getByRole("button", { name: /^Ask the worker to run/ }).click());
  await expect(page.getByRole("button", { name: /^Ask the worker to run/ })).toBeEnabled();
  await expect(page.getByText(/^The run that .+ asked for .+ is over/)).toBeVisible();
  await page.goto("/admin/activity");
  await expect(page.getByRole("table").first()).toContainText("Asked for a renewal run");
});
