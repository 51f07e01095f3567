import { expect, test } from "@/e2e/fixtures/portal";

test("a page left open over an upgrade is loaded again, with what was typed, and says so", async ({
  people,
  pageOf,
}) => {
  const page = await pageOf(await people.customer());
  // A page that was just loaded is not loaded again: this one has been open for a minute.
  await page.clock.install();
  await page.goto("/settings");
  const field = page.getByLabel("Further addresses");
  await field.fill("books@example.test");
  await page.clock.fastForward(60_000);
  // As the build of now answers an action that only the build before had.
  await page.route("**/settings", (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    return route.fulfill({
      status: 409,
      headers: { "x-nextjs-action-not-found": "1", "content-type": "text/plain" },
      body: "Server action not found.",
    });
  });
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Save" }).last().click();
  await loaded;
  await expect(page.getByText("The portal was updated")).toBeVisible();
  await expect(field).toHaveValue("books@example.test");
});
