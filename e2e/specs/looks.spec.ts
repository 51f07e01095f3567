import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { actionNamed, callAction, routes } from "@/e2e/fixtures/actions";
import { issue } from "@/e2e/fixtures/invoices";
import type { People } from "@/e2e/fixtures/people";
import { expect, test } from "@/e2e/fixtures/portal";
import type { Scene } from "@/e2e/fixtures/scene";
import type { Login } from "@/e2e/fixtures/session";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { SignInPage } from "@/e2e/pages/sign-in-page";
import { newId } from "@/lib/kernel/id";
import { demoPassword } from "@/lib/portal/demo-logins";
import { giveBalance, makeInvoice, makeOrder, makePlan } from "@/lib/testing/fixtures";
import { startCombined, startDirect } from "@/lib/testing/payment-facts";

interface Stage {
  scene: Scene;
  people: People;
  /** Nobody is signed in here. */
  page: Page;
  pageOf: (login: Login) => Promise<Page>;
}

interface Look {
  name: string;
  /** As the build's manifest names it. */
  route: string;
  /** Shows the page in its state, ready to be looked at. */
  show: (stage: Stage) => Promise<Page>;
}

const cast = (name: string): Login => ({ email: `${name}@demo.example`, password: demoPassword });

async function titled(page: Page, path: string, title: string | RegExp): Promise<Page> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  return page;
}

const signingIn: Look[] = [
  {
    name: "sign-in",
    route: "/sign-in",
    show: ({ page }) => titled(page, "/sign-in", /Sign in/),
  },
  {
    name: "sign-in-refused",
    route: "/sign-in",
    show: async ({ page }) => {
      const form = new SignInPage(page);
      await form.open();
      await form.as(`${newId()}@example.test`, "not the password");
      await expect(form.alert).toBeVisible();
      return page;
    },
  },
  { name: "reset", route: "/reset", show: ({ page }) => titled(page, "/reset", "Forgotten password") },
  {
    name: "reset-sent",
    route: "/reset",
    show: async ({ page }) => {
      await titled(page, "/reset", "Forgotten password");
      await page.getByRole("textbox", { name: "E-mail address" }).fill(`${newId()}@example.test`);
      await page.getByRole("button", { name: "Send the link" }).click();
      await expect(page.getByText("Look into your mailbox")).toBeVisible();
      return page;
    },
  },
  {
    name: "new-password",
    route: "/reset/[token]",
    show: async ({ page, people, scene }) => {
      const { email } = await people.customer();
      await callAction(page.context().request, actionNamed("requestReset"), { email });
      await expect.poll(async () => (await scene.mailsTo(email)).length).toBe(1);
      const [mail] = await scene.mailsTo(email);
      return titled(page, /http\S+\/reset\/\S+/.exec(mail?.text ?? "")?.[0] ?? "", "Choose a new password");
    },
  },
  {
    name: "new-password-over",
    route: "/reset/[token]",
    show: ({ page }) => titled(page, "/reset/none", "This link works no more"),
  },
  {
    name: "first-admin-over",
    route: "/first-admin/[token]",
    show: ({ page }) => titled(page, "/first-admin/none", "This link works no more"),
  },
  {
    name: "not-found-signed-out",
    route: "/_not-found",
    show: ({ page }) => titled(page, "/no/such/page", "There is nothing here"),
  },
];

const lists: Look[] = [
  {
    name: "invoices",
    route: "/invoices",
    show: async ({ pageOf }) => titled(await pageOf(cast("marigold")), "/invoices", "Invoices"),
  },
  {
    name: "invoices-filters",
    route: "/invoices",
    show: async ({ pageOf }) => {
      const page = await pageOf(cast("marigold"));
      await titled(page, "/invoices?status=paid&min=10&sort=due", "Invoices");
      await page.getByText(/^Filters/).click();
      await expect(page.getByRole("button", { name: "Apply" })).toBeVisible();
      return page;
    },
  },
  {
    name: "invoices-chosen",
    route: "/invoices",
    show: async ({ pageOf }) => {
      const page = await pageOf(cast("marigold"));
      await titled(page, "/invoices", "Invoices");
      const boxes = page.getByRole("checkbox", { name: /to pay it with others/ });
      await boxes.nth(0).check();
      await boxes.nth(1).check();
      await expect(page.getByRole("region", { name: "Pay chosen invoices" })).toBeVisible();
      return page;
    },
  },
  {
    name: "invoices-none-match",
    route: "/invoices",
    show: async ({ pageOf }) => titled(await pageOf(cast("marigold")), "/invoices?q=nothing", "Invoices"),
  },
  {
    name: "invoices-none",
    route: "/invoices",
    show: async ({ pageOf, people }) =>
      titled(await pageOf(await people.customer()), "/invoices", "Invoices"),
  },
  {
    name: "balance",
    route: "/balance",
    show: async ({ pageOf }) => titled(await pageOf(cast("marigold")), "/balance", "Balance"),
  },
  {
    name: "balance-none",
    route: "/balance",
    show: async ({ pageOf, people }) => titled(await pageOf(await people.customer()), "/balance", "Balance"),
  },
  {
    name: "top-up",
    route: "/balance/top-up",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      const { number } = await makeInvoice(scene.world, customer, 2000n);
      return titled(await pageOf(customer), `/balance/top-up?invoice=${number}`, /./);
    },
  },
  {
    name: "services",
    route: "/services",
    show: async ({ pageOf }) => titled(await pageOf(cast("marigold")), "/services", "Services"),
  },
  {
    name: "services-none",
    route: "/services",
    show: async ({ pageOf, people }) =>
      titled(await pageOf(await people.customer()), "/services", "Services"),
  },
  {
    name: "menu",
    route: "/services",
    show: async ({ pageOf, people }) => {
      const page = await pageOf(await people.customer({ name: "Goosander Ltd" }));
      await titled(page, "/services", "Services");
      await page.getByRole("button", { name: "Goosander Ltd" }).click();
      await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
      return page;
    },
  },
  {
    name: "desk",
    route: "/admin",
    show: async ({ pageOf }) => titled(await pageOf(cast("staff")), "/admin", "Desk"),
  },
  {
    name: "desk-customers",
    route: "/admin/customers",
    show: async ({ pageOf }) => titled(await pageOf(cast("staff")), "/admin/customers", /./),
  },
  {
    name: "desk-customer",
    route: "/admin/customers/[reference]",
    // The fourth of the demo's cast: the customer with many invoices.
    show: async ({ pageOf }) =>
      titled(await pageOf(cast("staff")), "/admin/customers/DC-1004", "Marigold Studio"),
  },
];

/** The first invoice of that state in somebody's list. */
async function firstInvoice({ pageOf }: Stage, name: string, status: string): Promise<Page> {
  const page = await pageOf(cast(name));
  await page.goto(`/invoices?status=${status}`);
  await page.getByRole("table").locator("tbody").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice / })).toBeVisible();
  return page;
}

const invoicePages: Look[] = [
  {
    name: "invoice-enough-balance",
    route: "/invoices/[number]",
    show: (stage) => firstInvoice(stage, "ada", "open"),
  },
  {
    name: "invoice-too-little-balance",
    route: "/invoices/[number]",
    show: (stage) => firstInvoice(stage, "ben", "open"),
  },
  {
    name: "invoice-no-balance",
    route: "/invoices/[number]",
    show: (stage) => firstInvoice(stage, "chika", "open"),
  },
  { name: "invoice-paid", route: "/invoices/[number]", show: (stage) => firstInvoice(stage, "ada", "paid") },
  {
    name: "invoice-being-paid-by-debit",
    route: "/invoices/[number]",
    show: (stage) => firstInvoice(stage, "marigold", "in_progress"),
  },
  {
    name: "invoice-being-paid",
    route: "/invoices/[number]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      await giveBalance(scene.world, customer, 800n);
      const { id, number } = await makeInvoice(scene.world, customer, 3000n);
      await startCombined(scene.world, customer, [id], { balanceMinor: 800n, cardMinor: 2200n });
      return titled(await pageOf(customer), `/invoices/${number}`, /^Invoice /);
    },
  },
  {
    name: "invoice-part-refused",
    route: "/invoices/[number]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      await giveBalance(scene.world, customer, 800n);
      const { number } = await makeInvoice(scene.world, customer, 3000n);
      const invoice = await InvoicePage.open(await pageOf(customer), number);
      await invoice.takePart("9");
      await expect(invoice.panel).toContainText("Only $8.00 can be taken");
      return invoice.page;
    },
  },
  {
    name: "invoice-plan-changed",
    route: "/invoices/[number]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      await giveBalance(scene.world, customer, 500n);
      const { number } = await makeInvoice(scene.world, customer, 2000n);
      const invoice = await InvoicePage.open(await pageOf(customer), number);
      await giveBalance(scene.world, customer, 300n);
      await invoice.panel.getByRole("button", { name: /^Pay/ }).click();
      await expect(invoice.alert).toBeVisible();
      return invoice.page;
    },
  },
  {
    name: "invoice-viewer",
    route: "/invoices/[number]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer({ role: "viewer" });
      const { number } = await makeInvoice(scene.world, customer, 3000n);
      return (await InvoicePage.open(await pageOf(customer), number)).page;
    },
  },
  {
    name: "pay-several",
    route: "/invoices/pay",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      await giveBalance(scene.world, customer, 800n);
      const issued = await issue(scene, customer, [{ minor: 3000n }, { minor: 1250n }, { minor: 99_900n }]);
      const query = issued.map(({ id }) => `invoice=${id}`).join("&");
      return titled(await pageOf(customer), `/invoices/pay?${query}`, "Pay several invoices");
    },
  },
  {
    name: "pay-none-chosen",
    route: "/invoices/pay",
    show: async ({ people, pageOf }) =>
      titled(await pageOf(await people.customer()), "/invoices/pay", "Pay several invoices"),
  },
  {
    name: "not-found",
    route: "/invoices/[number]",
    show: async ({ people, pageOf }) =>
      titled(await pageOf(await people.customer()), "/invoices/NONE", "There is nothing here"),
  },
];

const afterPayment: Look[] = [
  {
    name: "return-paid",
    route: "/return/[payment]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      await giveBalance(scene.world, customer, 800n);
      const order = await makeOrder(
        scene.world,
        customer,
        await makePlan(scene.world, { price: { USD: 3000n } }),
      );
      const payment = await startCombined(scene.world, customer, [order.invoice.id], {
        balanceMinor: 800n,
        cardMinor: 2200n,
      });
      await scene.stripe.control.pay(payment.sessionId);
      const page = await pageOf(customer);
      await page.goto(`/return/${payment.paymentId}`);
      await new ReturnPage(page).saysPaid();
      return page;
    },
  },
  {
    name: "return-nothing-taken",
    route: "/return/[payment]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      const { id } = await makeInvoice(scene.world, customer, 3000n);
      const payment = await startDirect(scene.world, customer, [id], { cardMinor: 3000n });
      return titled(await pageOf(customer), `/return/${payment.paymentId}`, "Nothing was taken");
    },
  },
  {
    name: "return-confirming",
    route: "/return/[payment]",
    show: async ({ scene, people, pageOf }) => {
      const customer = await people.customer();
      const { id } = await makeInvoice(scene.world, customer, 3000n);
      const payment = await startDirect(scene.world, customer, [id], { cardMinor: 3000n });
      await scene.stripe.control.pay(payment.sessionId, { method: "us_bank_account", later: "waits" });
      return titled(await pageOf(customer), `/return/${payment.paymentId}`, "Confirming your payment");
    },
  },
  {
    name: "return-signed-out",
    route: "/return/[payment]",
    show: ({ page }) => titled(page, `/return/${newId()}`, "Sign in to see your payment"),
  },
];

const looks = [...signingIn, ...lists, ...invoicePages, ...afterPayment];

for (const { name, show } of looks) {
  test(
    `${name} is accessible and fits its screen, light and dark`,
    { tag: "@phone" },
    async ({ scene, people, page, pageOf }, { project }) => {
      const shown = await show({ scene, people, page, pageOf });
      for (const colorScheme of ["light", "dark"] as const) {
        await shown.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const picture = `e2e/results/looks/${name}-${project.name}-${colorScheme}.png`;
        await shown.screenshot({ path: picture, fullPage: true });
        const { violations } = await rulesFor(shown, colorScheme).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      }
      const overflow = await shown.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, "nothing is wider than the screen").toBeLessThanOrEqual(0);
    },
  );
}

/** In the dark the same page has other colours and nothing else that is new. */
function rulesFor(page: Page, colorScheme: "light" | "dark"): AxeBuilder {
  const axe = new AxeBuilder({ page });
  if (colorScheme === "dark") return axe.withRules("color-contrast");
  return axe.options({ rules: { "target-size": { enabled: true } } });
}

test("every page of the build is looked at", () => {
  const nothingToSee = ["/", "/_global-error"];
  const pages = routes()
    .filter(({ file, route }) => file.endsWith("/page") && !nothingToSee.includes(route))
    .map(({ route }) => route);
  expect(pages.filter((route) => !looks.some((look) => look.route === route))).toEqual([]);
});
