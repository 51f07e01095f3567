import { expect, test } from "@/e2e/fixtures/portal";

test("the chosen theme is there from the first paint, and stays", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Language and theme" }).click();
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const answer = await page.context().request.get("/sign-in");
  expect(await answer.text()).toContain('data-theme="dark"');
});

test("whoever wants less motion gets none", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/sign-in");
  const longest = await page.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll("*")].map((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return Math.max(...`${transitionDuration},${animationDuration}`.split(",").map(Number.parseFloat));
      }),
    ),
  );
  expect(longest, "in seconds").toBeLessThanOrEqual(0.001);
});
