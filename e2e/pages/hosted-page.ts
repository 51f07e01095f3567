import { expect, type Locator, type Page } from "@playwright/test";

/** The test cards that the tests pay with. */
export const cards = {
  good: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  secure: "4000 0027 6000 3184",
  /** Can be saved, and is declined whenever it is charged. */
  failsLater: "4000 0000 0000 0341",
  mastercard: "5555 5555 5555 4444",
} as const;

/** Stripe's own payment page, as the local Stripe shows it. */
export class HostedPage {
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.alert = page.getByRole("alert");
  }

  /** Waits until the browser has arrived at the page and it asks for this amount. */
  async asksFor(amount: string): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1, name: amount })).toBeVisible();
  }

  async payWith(card: (typeof cards)[keyof typeof cards]): Promise<void> {
    await this.fill(card);
    await this.page.getByRole("button", { name: /^Pay / }).click();
  }

  /** On a page that only saves a card. */
  async save(card: (typeof cards)[keyof typeof cards]): Promise<void> {
    await this.fill(card);
    await this.page.getByRole("button", { name: "Save card" }).click();
  }

  private async fill(card: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Card number" }).fill(card);
    await this.page.getByRole("textbox", { name: "Expiry" }).fill("12 / 40");
    await this.page.getByRole("textbox", { name: "CVC" }).fill("123");
  }

  async answerBank(answer: "Complete authentication" | "Fail authentication"): Promise<void> {
    await this.page.getByRole("button", { name: answer }).click();
  }

  async payByDebit(end: "Debit that succeeds later" | "Debit that fails later"): Promise<void> {
    await this.page.getByRole("link", { name: "Bank debit" }).click();
    await this.page.getByRole("button", { name: end }).click();
  }

  /** Leaves without paying. */
  async goBack(): Promise<void> {
    await this.page.getByRole("link", { name: /^Back to / }).click();
  }
}
