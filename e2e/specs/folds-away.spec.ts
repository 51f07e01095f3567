import { expect, test } from "@/e2e/fixtures/portal";

test("a setting's form folds away once it is saved, though the new figure makes it another form", async ({
  people,
  pageOf,
}) => {
  const page = await pageOf(await people.staff("admin"));
  await page.goto("/admin/settings");
  const details = page.locator("details").filter({ hasText: "Change limit" }).first();
  await details.locator("summary").click();
  const amount = details.getByRole("textbox");
  await amount.fill(`${Number(await amount.inputValue()) + 1}`);
  await details.getByRole("button").click();
  await expect(details).not.toHaveAttribute("open");
});
