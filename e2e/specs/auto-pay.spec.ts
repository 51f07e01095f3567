import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";

test("a customer saves a card, lets it pay by itself, and top up by itself; and ends both", {
  tag: "@phone",
}, async ({ people, pageOf }) => {
  const page = await pageOf(await people.customer());
  await page.goto("/payment-methods");
  const autoPay = page.getByRole("region", { name: /^Autopay/ });
  const autoTopUp = page.getByRole("region", { name: /^Auto top-up/ });
  await expect(autoPay).toContainText("Save a card first");
  await page.getByRole("button", { name: "Add a card" }).click();
  await new HostedPage(page).save(cards.good);
  await autoPay.getByRole("button", { name: /Turn Autopay on with Visa/ }).click();
  await expect(autoPay).toContainText("Your default card, Visa ending 4242, is charged.");
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
  await autoPay.getByRole("button", { name: "Turn Autopay off" }).click();
  await expect(autoPay.getByText("Off", { exact: true })).toBeVisible();
});

test("the default card is the one that Autopay charges: choosing another asks first, and so does removing it", {
  tag: "@phone",
}, async ({ people, pageOf }) => {
  const page = await pageOf(await people.customer());
  const autoPay = page.getByRole("region", { name: /^Autopay/ });
  const list = page.getByRole("list", { name: "Your saved cards" });
  const item = (name: string) => list.getByRole("listitem").filter({ hasText: name });
  for (const card of [cards.good, cards.mastercard]) {
    await page.goto("/payment-methods");
    await page.getByRole("button", { name: "Add a card" }).click();
    await new HostedPage(page).save(card);
    await expect(item(`ending ${card.slice(-4)}`)).toBeVisible();
  }
  await autoPay.getByRole("button", { name: "Turn Autopay on with Visa ending 4242" }).click();
  await expect(item("Visa ending 4242")).toContainText("Default · charged by Autopay");
  const close = page.getByRole("button", { name: "Close", exact: true });
  await close.click();

  const makeDefault = page.getByRole("button", { name: "Make Mastercard ending 4444 the default" });
  await makeDefault.click();
  const question = page.getByRole("dialog", { name: "Make Mastercard ending 4444 your default card?" });
  await expect(question).toContainText("Autopay charges this card from now on.");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(item("Visa ending 4242")).toContainText("Default · charged by Autopay");
  await makeDefault.click();
  await question.getByRole("button", { name: "Make default" }).click();
  await expect(item("Mastercard ending 4444")).toContainText("Default · charged by Autopay");
  await expect(item("Visa ending 4242")).not.toContainText("Default");
  await expect(autoPay).toContainText("Your default card, Mastercard ending 4444, is charged.");
  await close.click();

  await page.getByRole("button", { name: "Remove Mastercard ending 4444" }).click();
  const removal = page.getByRole("dialog", { name: "Remove the card ending 4444?" });
  await expect(removal).toContainText("Autopay charges this card. It pauses until you choose another card");
  await removal.getByRole("button", { name: "Remove card" }).click();
  await expect(autoPay).toContainText("Autopay is paused: Mastercard ending 4444 was removed.");
  await expect(item("Visa ending 4242")).not.toContainText("charged by Autopay");
  await close.click();
  await autoPay.getByRole("button", { name: "Resume Autopay with Visa ending 4242" }).click();
  await expect(item("Visa ending 4242")).toContainText("Default · charged by Autopay");
});
