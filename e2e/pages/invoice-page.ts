import { expect, type Locator, type Page } from "@playwright/test";

export type Way =
  | "From your balance"
  | "Balance first, the rest by card"
  | "A part from your balance"
  | "All by card";

/** In the browser: whether React knows an element of the page. */
function isTakenOver(element: Element): boolean {
  return Object.keys(element).some((key) => key.startsWith("__reactFiber$"));
}

/** One invoice, and the panel that pays it. */
export class InvoicePage {
  readonly panel: Locator;
  readonly alert: Locator;
  readonly payments: Locator;
  readonly timeline: Locator;

  constructor(
    readonly page: Page,
    readonly number: string,
  ) {
    this.panel = page.getByRole("region", { name: "Pay this invoice" });
    this.alert = page.getByRole("main").getByRole("alert");
    this.payments = page.getByRole("region", { name: "Payments" });
    this.timeline = page.getByRole("region", { name: "What happened" });
  }

  static async open(page: Page, number: string): Promise<InvoicePage> {
    const invoice = new InvoicePage(page, number);
    await page.goto(`/invoices/${number}`);
    await invoice.isShown();
    return invoice;
  }

  async isShown(): Promise<void> {
    const heading = this.page.getByRole("heading", { level: 1, name: `Invoice ${this.number}` });
    await expect(heading).toBeVisible();
    // A click before the page's script has taken over would be lost.
    await expect.poll(() => heading.evaluate(isTakenOver)).toBe(true);
  }

  /** The state beside the title. */
  async isIn(state: string): Promise<void> {
    await expect(this.page.locator("header").getByText(state, { exact: true }).first()).toBeVisible();
  }

  way(way: Way): Locator {
    return this.panel.getByRole("radio", { name: way, exact: true });
  }

  async choose(way: Way): Promise<void> {
    await this.way(way).check();
  }

  async takePart(amount: string): Promise<void> {
    await this.choose("A part from your balance");
    await this.panel.getByRole("textbox", { name: /Take from your balance/ }).fill(amount);
  }

  /** The button says exactly what will be taken from where. */
  payButton(words: string): Locator {
    return this.panel.getByRole("button", { name: words, exact: true });
  }

  get resume(): Locator {
    return this.panel.getByRole("button", { name: "Continue to payment" });
  }

  get abandon(): Locator {
    return this.panel.getByRole("button", { name: "Cancel payment" });
  }
}
