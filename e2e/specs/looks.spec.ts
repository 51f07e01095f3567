import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { routes } from "@/e2e/fixtures/actions";
import { afterPaymentLooks } from "@/e2e/fixtures/looks/after-payment";
import { bankLooks } from "@/e2e/fixtures/looks/bank";
import { invoiceLooks } from "@/e2e/fixtures/looks/invoices";
import { listLooks } from "@/e2e/fixtures/looks/lists";
import { overviewLooks } from "@/e2e/fixtures/looks/overview";
import { payLinkLooks } from "@/e2e/fixtures/looks/pay-link";
import { planLooks } from "@/e2e/fixtures/looks/plans";
import { settingsLooks } from "@/e2e/fixtures/looks/settings";
import { signedOutLooks } from "@/e2e/fixtures/looks/signed-out";
import { staffLooks } from "@/e2e/fixtures/looks/staff";
import { expect, test } from "@/e2e/fixtures/portal";

const looks = [
  ...signedOutLooks,
  ...overviewLooks,
  ...listLooks,
  ...invoiceLooks,
  ...afterPaymentLooks,
  ...payLinkLooks,
  ...bankLooks,
  ...staffLooks,
  ...settingsLooks,
  ...planLooks,
];

const screens = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const { name, show } of looks) {
  test(`${name} is accessible and fits its screen, on desktop and phone, light and dark`, async ({
    scene,
    people,
    pageOf,
  }) => {
    // A long page is drawn and looked at four times over.
    test.setTimeout(240_000);
    const shown = await show({ scene, people, pageOf });
    await shown.evaluate(shortened);
    for (const [screen, size] of Object.entries(screens)) {
      await shown.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await shown.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await shown.evaluate(painted);
        const picture = `e2e/results/looks/${name}-${screen}-${colorScheme}.png`;
        await shown.screenshot({ path: picture, fullPage: true, animations: "disabled" });
        // What the dark changes are colours, and they are the same on every screen.
        if (colorScheme === "dark" && screen === "desktop") continue;
        const { violations } = await rulesFor(shown, colorScheme).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      }
      const overflow = await shown.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `nothing is wider than the screen of a ${screen}`).toBeLessThanOrEqual(0);
    }
  });
}

/** In the browser: the rows of a list are alike, and looking at all of them would be most of the run. */
function shortened(): void {
  for (const row of document.querySelectorAll("tbody > tr:nth-child(n + 7)")) row.remove();
}

/** In the browser: resolves once everything has been painted anew. */
function painted(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** In the dark the same page has other colours and nothing else that is new. */
function rulesFor(page: Page, colorScheme: "light" | "dark"): AxeBuilder {
  // Legacy: without a second page that would put the answers of frames together, of which there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  if (colorScheme === "dark") return axe.withRules("color-contrast");
  return axe.options({ rules: { "target-size": { enabled: true } } });
}

test("every page of the build is looked at", () => {
  const nothingToSee = ["/_global-error"];
  const pages = routes()
    .filter(({ file, route }) => file.endsWith("/page") && !nothingToSee.includes(route))
    .map(({ route }) => route);
  expect(pages.filter((route) => !looks.some((look) => look.route === route))).toEqual([]);
});
