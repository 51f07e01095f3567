import { expect, test } from "@/e2e/fixtures/portal";
import { dialogButton } from "@/e2e/pages/dialog-button";
import { newId } from "@/lib/kernel/id";

test("an admin invites somebody, gives another role and ends an access, whose page is over at once", async ({
  people,
  scene,
  pageOf,
}) => {
  const page = await pageOf(await people.staff("admin"));
  const email = `${newId().slice(-12)}@example.test`;
  await page.goto("/admin/team");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Role", { exact: true }).selectOption("auditor");
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: email })).toContainText("invited by Staff");
  await expect.poll(async () => (await scene.mailsTo(email)).length).toBe(1);

  const colleague = await people.staff("support");
  const theirs = await pageOf(colleague);
  await theirs.goto("/admin/customers");
  await page.reload();
  const row = page.getByRole("listitem").filter({ hasText: colleague.email });
  await row.getByRole("combobox").selectOption("finance");
  await row.getByRole("button", { name: "Save role" }).click();
  // There is nothing to save once it is saved.
  await expect(row.getByRole("button", { name: "Save role" })).toHaveCount(0);
  await theirs.goto("/admin/customers");
  await expect(theirs, "signs in anew").toHaveURL(/\/admin\/sign-in/);
  await row.getByRole("button", { name: /^End the access/ }).click();
  await row.getByRole("button", { name: "End access", exact: true }).click();
  await expect(row.getByRole("button", { name: "Give access again" })).toBeVisible();
});

test("what the host calls itself shows in the portal, and two who change it at once are told", async ({
  people,
  pageOf,
}) => {
  const [first, second] = [
    await pageOf(await people.staff("admin")),
    await pageOf(await people.staff("admin")),
  ];
  // Every page with the bank details shows it, also those that are read for words of another language.
  const bank = newId().replaceAll(/\D/g, "").slice(-9);
  for (const page of [first, second]) await page.goto("/admin/settings");
  await first.getByLabel("Bank", { exact: true }).fill(bank);
  await first.getByRole("button", { name: "Save" }).first().click();
  await expect(first.getByRole("main")).toContainText("Saved.");
  await second.getByLabel("BIC").fill("COBADEFF");
  await second.getByRole("button", { name: "Save" }).first().click();
  await expect(second.getByRole("main").getByRole("alert")).toBeVisible();
  const own = await pageOf(await people.customer());
  await own.goto("/balance");
  await expect(own.getByRole("main")).toContainText(bank);
});

test("finance chooses who gets a customer's invoice mail, where no owner can", async ({ people, pageOf }) => {
  const customer = await people.customer({ name: "Orphan Ltd" });
  const colleague = await people.join(customer, "viewer");
  const page = await pageOf(await people.staff("finance"));
  await page.goto(`/admin/customers/E-${customer.customerId.slice(-12)}`);
  const aside = page.getByRole("complementary", { name: "About this customer" });
  await aside.locator("summary", { hasText: "Change main address" }).click();
  await expect(aside).toContainText(`Mail about invoices goes to ${customer.email}.`);
  await expect(aside.getByRole("radio", { name: colleague.email })).toBeChecked();
  await aside.getByLabel("Reason").last().fill("The founder left");
  await aside.getByRole("button", { name: "Change main address" }).click();
  await expect(page.getByRole("dialog")).toContainText(`Mail goes to ${colleague.email}.`);
  await dialogButton(page, "Change main address").click();
  await expect(page.getByRole("status").filter({ hasText: "The main address was changed" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(`· ${colleague.email}`);
});
