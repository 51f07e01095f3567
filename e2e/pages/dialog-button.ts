import type { Locator, Page } from "@playwright/test";

/** A button of the question that is open: an act that cannot be undone asks first. */
export function dialogButton(page: Page, name: string): Locator {
  return page.getByRole("dialog").getByRole("button", { name, exact: true });
}
