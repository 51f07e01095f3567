import type { Locator, Page } from "@playwright/test";
import { expect, test } from "@/e2e/fixtures/portal";
import { knownPassword } from "@/e2e/fixtures/secrets";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { SignInPage } from "@/e2e/pages/sign-in-page";
import { giveBalance, makeInvoice } from "@/lib/testing/fixtures";

/** Presses Tab until this has the focus, and expects that the eye can see it there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < 60; stops += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      return expectVisibleFocus(target);
    }
  }
  throw new Error(`Tab reaches ${target}`);
}

/** Its own outline, or one drawn around what it stands for (a whole row, a whole label). */
async function expectVisibleFocus(target: Locator): Promise<void> {
  const outlines = await target.evaluate((element) =>
    [null, "::before", "::after"].map((part) => getComputedStyle(element, part).outlineStyle),
  );
  expect(
    outlines.some((style) => style !== "none"),
    `the focus on ${target} can be seen`,
  ).toBe(true);
}

test("from signing in to a paid invoice without a mouse", async ({ people, scene, page }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const form = new SignInPage(page);
  await form.open();
  await expect(form.email).toBeFocused();
  await page.keyboard.type(customer.email);
  await page.keyboard.press("Tab");
  await expect(form.password).toBeFocused();
  await page.keyboard.type(knownPassword);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: number }));
  await page.keyboard.press("Enter");

  const invoice = new InvoicePage(page, number);
  await invoice.isShown();
  await tabTo(page, invoice.way("From your balance"));
  await page.keyboard.press("ArrowDown");
  await expect(invoice.payButton("Pay $20.00 by card")).toBeVisible();
  await page.keyboard.press("ArrowUp");
  await tabTo(page, invoice.payButton("Pay $20.00 from balance"));
  await page.keyboard.press("Enter");
  const back = new ReturnPage(page);
  await back.saysPaid();
  await tabTo(page, page.getByRole("link", { name: `Back to invoice ${number}` }));
  await page.keyboard.press("Enter");
  await invoice.isIn("Paid");
});

test("a stated part, typed and sent with Enter", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await tabTo(page, invoice.way("From your balance"));
  await page.keyboard.press("ArrowUp");
  await expect(invoice.way("A part from your balance")).toBeChecked();
  await tabTo(page, invoice.panel.getByRole("textbox"));
  await page.keyboard.type("5");
  await expect(invoice.payButton("Pay $5.00 from balance and $15.00 by card")).toBeEnabled();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "$15.00" })).toBeVisible();
});

test("the menu opens, closes with Escape, and signs out", async ({ people, pageOf }) => {
  const page = await pageOf(await people.customer({ name: "Eider Ltd" }));
  await page.goto("/services");
  const menu = page.getByRole("button", { name: "Eider Ltd" });
  const signOut = page.getByRole("button", { name: "Sign out" });
  await tabTo(page, menu);
  await page.keyboard.press("Enter");
  await expect(signOut).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(signOut).toBeHidden();
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("radio", { name: "English" }));
  await tabTo(page, signOut);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in$/);
});
