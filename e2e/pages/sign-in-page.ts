import type { Locator, Page } from "@playwright/test";

export class SignInPage {
  readonly email: Locator;
  readonly password: Locator;
  readonly submit: Locator;
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.email = page.getByRole("textbox", { name: "E-mail address" });
    this.password = page.getByLabel("Password");
    this.submit = page.getByRole("button", { name: "Sign in", exact: true });
    this.alert = page.getByRole("main").getByRole("alert");
  }

  async open(callbackUrl?: string): Promise<void> {
    const query = callbackUrl === undefined ? "" : `?${new URLSearchParams({ callbackUrl })}`;
    await this.page.goto(`/sign-in${query}`);
  }

  async as(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.submit.click();
  }
}
