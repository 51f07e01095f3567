import { expect, test } from "@/e2e/fixtures/portal";
import { dialogButton } from "@/e2e/pages/dialog-button";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { balanceOf } from "@/lib/testing/payment-facts";

test("staff refund a part of a top-up to its card; the customer sees it go", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer({ name: "Refund Ltd" });
  const own = await pageOf(customer);
  await own.goto("/balance/top-up");
  await own.getByLabel(/Amount/).fill("50");
  await own.getByRole("button", { name: /^Top up/ }).click();
  const hosted = new HostedPage(own);
  await hosted.asksFor("$50.00");
  await hosted.payWith(cards.good);
  await new ReturnPage(own).says("Topped up. Thank you.");

  const staff = await pageOf(await people.staff("finance"));
  await staff.goto(`/admin/customers/E-${customer.customerId.slice(-12)}`);
  await staff.getByRole("link", { name: "Card payments and refunds" }).click();
  await staff.getByText("Refund to the card", { exact: true }).first().click();
  await staff.getByLabel("Amount (USD)").fill("60");
  await staff.getByLabel("Reason").fill("Paid too much");
  const refund = staff.getByRole("button", { name: "Refund to the card", exact: true });
  await refund.click();
  await expect(staff.getByRole("dialog")).toContainText("Refund 60 USD to the card?");
  await dialogButton(staff, "Refund 60 USD").click();
  await expect(staff.getByRole("alert").first()).toContainText(
    "That is more than can be refunded: up to $50.00.",
  );
  await staff.getByLabel("Amount (USD)").fill("20");
  await refund.click();
  await dialogButton(staff, "Refund 20 USD").click();
  await expect(staff.getByRole("table", { name: "Refunds" })).toContainText("$20.00");
  await expect(staff.getByRole("status").filter({ hasText: "Refund started." })).toBeVisible();
  await expect(refund).toBeHidden();
  expect(await balanceOf(scene.world, customer)).toMatchObject({ posted: 3000n });

  await own.goto("/balance");
  await expect(own.getByRole("main")).toContainText("$30.00");
});
