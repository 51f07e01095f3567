import type { Page } from "@playwright/test";

/**
 * Does what sends something to the server, and resolves once that has been answered. For where the page shows nothing
 * that was not there before: what comes next would else be done while the act is still on its way. An action answers
 * when it is done.
 */
export async function answered(page: Page, act: () => Promise<void>): Promise<void> {
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await act();
  await answer;
}
