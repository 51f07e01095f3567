import type { Page, ViewportSize } from "@playwright/test";
import { expectAccessible, expectFits } from "@/e2e/fixtures/accessible";
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

const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

for (const { name, show } of looks) {
  test(`${name} is accessible and fits its screen, on desktop and phone, light and dark`, async ({
    scene,
    people,
    pageOf,
  }) => {
    // A long page is looked at three times over.
    test.setTimeout(240_000);
    const shown = await show({ scene, people, pageOf });
    await shown.evaluate(shortened);
    await turn(shown, desktop, "light");
    await expectAccessible(shown);
    await expectFits(shown, "desktop");
    await picture(shown, `${name}-desktop-light`);
    await turn(shown, phone, "light");
    await expectAccessible(shown);
    await expectFits(shown, "phone");
    await picture(shown, `${name}-phone-light`);
    // What the dark changes are colours, and they are the same on every screen.
    await turn(shown, phone, "dark");
    await expectAccessible(shown, "color-contrast");
    await picture(shown, `${name}-phone-dark`);
    if (isForEyes) {
      await turn(shown, desktop, "dark");
      await picture(shown, `${name}-desktop-dark`);
    }
  });
}

async function turn(page: Page, size: ViewportSize, colorScheme: "light" | "dark"): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.evaluate(painted);
}

/** `PICTURES=1 npx playwright test looks` leaves pictures for people to look at; no test does. */
const isForEyes = process.env.PICTURES === "1";

async function picture(page: Page, name: string): Promise<void> {
  if (!isForEyes) return;
  await page.screenshot({ path: `e2e/results/looks/${name}.png`, fullPage: true, animations: "disabled" });
}

/** In the browser: the rows of a list are alike, and looking at all of them would be most of the run. */
function shortened(): void {
  for (const row of document.querySelectorAll("tbody > tr:nth-child(n + 7)")) row.remove();
}

/** In the browser: resolves once everything has been painted anew, in the colours that it goes to. */
async function painted(): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  await frame();
}

test("every page of the build is looked at", () => {
  const nothingToSee = ["/_global-error"];
  const pages = routes()
    .filter(({ file, route }) => file.endsWith("/page") && !nothingToSee.includes(route))
    .map(({ route }) => route);
  expect(pages.filter((route) => !looks.some((look) => look.route === route))).toEqual([]);
});
