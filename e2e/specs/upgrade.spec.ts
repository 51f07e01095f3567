import { cast } from "@/e2e/fixtures/looks/look";
import { expect, test } from "@/e2e/fixtures/portal";

test("a page left open over an upgrade is loaded again, with what was typed, and says so", async ({
  pageOf,
}) => {
  const page = await pageOf(cast("marigold"));
  await page.clock.install();
  await page.goto("/settings");
  await page.clock.fastForward(60_000);
  // As the build of now answers an action that only the build before had.
  await page.route("**/settings", (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    return route.fulfill({
      status: 409,
      headers: { "x-nextjs-action-not-found": "1" },
      body: "Server action not found.",
    });
  });
  const field = page.locator("form input[type=text]:visible").first();
  await field.fill("typed before the upgrade");
  const loaded = page.waitForEvent("load");
  await field.press("Enter");
  await loaded;
  await page.clock.runFor(1_000);
  await expect(page.locator("form input[type=text]:visible").first()).toHaveValue("typed before the upgrade");
  await expect(page.getByText("The portal was updated")).toBeVisible();
});
