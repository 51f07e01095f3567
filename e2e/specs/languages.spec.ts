import type { Page } from "@playwright/test";
import { issue } from "@/e2e/fixtures/invoices";
import { expect, test } from "@/e2e/fixtures/portal";
import { giveBalance } from "@/lib/testing/fixtures";

/** Names and codes that are the same in every language. */
const names = [
  /Ducky Cloud( GmbH)?/g,
  /Stripe/g,
  /\bLink\b/g,
  /English/g,
  /US\$/g,
  // The host's bank: its name, its code and the account.
  /Bank am Ententeich/g,
  /\bCOBADEFFXXX\b/g,
  /\bDE89[ \d]+/g,
  // A customer's own reference.
  /\bE-[0-9a-f]+\b/g,
  /\b[A-Z]{3}\b/g,
  /INV[-\d]*/g,
  /\S+@\S+/g,
];

/** Words of Latin letters that a reader of Chinese would meet on this page. */
async function latinWords(page: Page): Promise<string[]> {
  const shown = await page.evaluate(() => {
    const told = [...document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")].flatMap(
      (element) =>
        ["aria-label", "placeholder", "title", "alt"].map((name) => element.getAttribute(name) ?? ""),
    );
    return [document.title, document.body.innerText, ...told].join("\n");
  });
  const rest = names.reduce((text, name) => text.replace(name, ""), shown);
  return rest.match(/[A-Za-z]{2,}/g) ?? [];
}

test("in Chinese no English is left on the pages", { tag: "@phone" }, async ({ people, scene, pageOf }) => {
  const customer = await people.customer({ name: "绿头鸭公司", locale: "zh" });
  await giveBalance(scene.world, customer, 500n);
  const [first, second] = await issue(scene, customer, [
    { minor: 2000n, text: "维护" },
    { minor: 1000n, text: "迁移", dueInDays: -3 },
  ]);
  const page = await pageOf(customer);
  const clean = async () => expect(await latinWords(page), page.url()).toEqual([]);
  for (const path of [
    "/",
    "/invoices",
    "/invoices?q=none",
    `/invoices/${first?.number}`,
    `/invoices/pay?invoice=${first?.id}&invoice=${second?.id}`,
    "/invoices/pay",
    "/balance",
    "/services",
    "/nothing-here",
  ]) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-Hans");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/\p{Script=Han}/u);
    await clean();
  }
  await page.goto(`/invoices/${first?.number}`);
  await page
    .getByRole("button", { name: /^支付|^用/ })
    .last()
    .click();
  await page.waitForURL(/\/c\//);
  await expect(page.locator("html")).toHaveAttribute("lang", /^zh/);
  await page.getByRole("link", { name: "返回商家" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/\p{Script=Han}/u);
  await clean();
  await page.goto(`/invoices/${first?.number}`);
  await clean();
});

test("signed out, the browser's language is spoken, until another is chosen", async ({ browser }) => {
  const context = await browser.newContext({ locale: "zh-CN" });
  const page = await context.newPage();
  for (const path of ["/reset", "/reset/none", "/first-admin/none", "/nothing-here"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/\p{Script=Han}/u);
    expect(await latinWords(page), path).toEqual([]);
  }
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "语言与主题" }).click();
  await page.getByRole("radio", { name: "English" }).check();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in to Ducky Cloud" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in to Ducky Cloud" })).toBeVisible();
  await context.close();
});
