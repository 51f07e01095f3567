import { expect, type Locator, type Page } from "@playwright/test";

/** Where people come back to after paying. */
export class ReturnPage {
  readonly receipt: Locator;

  constructor(readonly page: Page) {
    this.receipt = page.getByRole("main");
  }

  async says(title: string): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  }

  async saysPaid(): Promise<void> {
    await this.says("Paid. Thank you.");
    await expect(this.page).toHaveURL(/\/return\/[0-9a-f-]{36}(\?|$)/);
  }

  /** The portal's own navigation, as on every other page of who is signed in. */
  async hasTheSections(): Promise<void> {
    const sections = this.page.getByRole("navigation", { name: "Sections" }).filter({ visible: true });
    await expect(sections.getByRole("link", { name: "Invoices" })).toBeVisible();
  }

  /** One line of the receipt: its words and its figure. */
  async tells(name: string, figure: string): Promise<void> {
    const line = this.receipt.locator("dl > div").filter({ hasText: name });
    await expect(line).toHaveText(`${name}${figure}`);
  }
}
