import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";

test("a customer saves a card, lets it pay by itself, and top up by itself; and ends both", {
  tag: "@phone",
}, async ({ people, pageOf }) => {
  const page = await pageOf(await people.customer());
  await page.goto("/payment-methods");
  const autoPay = page.getByRole("region", { name: /^Auto-pay/ });
  const autoTopUp = page.getByRole("region", { name: /^Auto top-up/ });
  await expect(autoPay).toContainText("Save a card first");
  await page.getByRole("button", { name: "Add a card" }).click();
  await new HostedPage(page).save(cards.good);
  await autoPay.getByRole("button", { name: /Turn auto-pay on with Visa/ }).click();
  await expect(autoPay).toContainText("Visa ending 4242 is charged.");
  // On a phone what was said lies over the next button for ten seconds.
  const close = page.getByRole("button", { name: "Close", exact: true });
  await close.click();

  await autoTopUp.getByText("Turn auto top-up on").click();
  await autoTopUp.getByLabel(/^When less than this/).fill("5");
  await autoTopUp.getByLabel(/^Add/).fill("20");
  await autoTopUp.getByLabel(/^At most in a month/).fill("10");
  await autoTopUp.getByRole("button", { name: "Save and turn on" }).click();
  await expect(autoTopUp).toContainText("The monthly cap is less than one top-up");
  await autoTopUp.getByLabel(/^At most in a month/).fill("60");
  await autoTopUp.getByRole("button", { name: "Save and turn on" }).click();
  await expect(autoTopUp).toContainText("$60.00");

  await autoTopUp.getByRole("button", { name: "Turn auto top-up off" }).click();
  await expect(autoTopUp.getByText("Off", { exact: true })).toBeVisible();
  await close.click();
  await autoPay.getByRole("button", { name: "Turn auto-pay off" }).click();
  await expect(autoPay.getByText("Off", { exact: true })).toBeVisible();
});
