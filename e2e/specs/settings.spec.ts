import { readFile } from "node:fs/promises";
import { invitationPath } from "@/e2e/fixtures/invitations";
import { expect, test } from "@/e2e/fixtures/portal";
import { knownPassword } from "@/e2e/fixtures/secrets";
import { SignInPage } from "@/e2e/pages/sign-in-page";
import { newId } from "@/lib/kernel/id";
import { makeInvoice } from "@/lib/testing/fixtures";

test.describe("settings", { tag: "@phone" }, () => {
  test("company and tax id stand on the invoices to come", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const page = await pageOf(customer);
    await page.goto("/invoices");
    await page.getByRole("button", { name: customer.name }).click();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Mandarin and Daughters");
    await page.getByLabel("Address", { exact: true }).fill("1 Reed Lane\nMere");
    await page.getByLabel("Tax id").fill("us 12-345");
    await page.getByRole("button", { name: "Save" }).first().click();
    await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
    const { id } = await makeInvoice(scene.world, customer, 1000n);
    const [row] = await scene.owner`
      select bill_to from invoices where customer_id = ${customer.customerId} and id = ${id}`;
    expect(row?.bill_to).toMatchObject({
      name: "Mandarin and Daughters",
      address: "1 Reed Lane\nMere",
      taxId: "US 12-345",
    });
  });

  test("what is no address is refused in a sentence, and what was typed stays", async ({
    people,
    pageOf,
  }) => {
    const page = await pageOf(await people.customer());
    await page.goto("/settings");
    const field = page.getByLabel("Further addresses");
    await field.fill("books@example.test\nnobody");
    await page.getByRole("button", { name: "Save" }).last().click();
    await expect(page.getByText("“nobody” is not an e-mail address.")).toBeVisible();
    await expect(field).toHaveValue("books@example.test\nnobody");
    await page.reload();
    await expect(field).toHaveValue("");
  });

  test("who is invited makes a login, signs in, and belongs to the customer", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer({ name: "Goosander Ltd" });
    const page = await pageOf(customer);
    const email = `${newId()}@example.test`;
    await page.goto("/settings/members");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Role", { exact: true }).selectOption("billing");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await expect(page.getByText("The invitation is on its way.")).toBeVisible();
    await expect(page.getByRole("list", { name: "Invited" })).toContainText(email);

    const theirs = await pageOf(null);
    await theirs.goto(await invitationPath(scene, email));
    await expect(
      theirs.getByRole("heading", { level: 1, name: "You are invited to Goosander Ltd" }),
    ).toBeVisible();
    await theirs.getByLabel("Your name").fill("Nia Gull");
    await theirs.getByLabel("Password").fill("seven ducks cross the road");
    await theirs.getByRole("button", { name: "Make my login" }).click();
    await theirs.getByRole("link", { name: "Sign in" }).click();
    await new SignInPage(theirs).as(email, "seven ducks cross the road");
    await expect(theirs).not.toHaveURL(/sign-in/);
    await theirs.goto("/settings/members");
    await expect(theirs.getByRole("list", { name: "Members" })).toContainText("Nia Gull");
    await expect(theirs.getByRole("button", { name: "Send the invitation" })).toHaveCount(0);
  });

  test("who belongs to two customers switches between them, and sees one at a time", async ({
    people,
    scene,
    pageOf,
  }) => {
    const [first, second] = [await people.customer(), await people.customer({ name: "Pintail Ltd" })];
    await makeInvoice(scene.world, second, 4321n);
    const inviter = await pageOf(second);
    await inviter.goto("/settings/members");
    await inviter.getByLabel("E-mail address").fill(first.email);
    await inviter.getByRole("button", { name: "Send the invitation" }).click();
    await expect(inviter.getByText("The invitation is on its way.")).toBeVisible();
    const page = await pageOf(first);
    await page.goto(await invitationPath(scene, first.email));
    await page.getByRole("button", { name: "Accept the invitation" }).click();
    await expect(page).toHaveURL(/\/(invoices|overview|$)/);
    await expect(page.getByText("$43.21")).toHaveCount(0);
    await page.goto("/settings");
    await page.getByRole("button", { name: first.name }).click();
    await page.getByRole("button", { name: "Pintail Ltd" }).click();
    await expect(page).not.toHaveURL(/\/settings/);
    await page.goto("/invoices");
    await expect(page.getByText("$43.21").first()).toBeVisible();
  });

  test("the last owner stays, and a colleague is removed", async ({ people, pageOf }) => {
    const customer = await people.customer();
    const colleague = await people.join(customer, "viewer");
    const page = await pageOf(customer);
    const theirs = await pageOf(colleague);
    await page.goto("/settings/members");
    await page.getByRole("button", { name: "Leave" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
    await expect(page.getByRole("dialog")).toContainText("This is the last owner.");
    await page.getByRole("dialog").getByRole("button", { name: "Keep it as it is" }).click();
    await page.getByRole("button", { name: `Remove ${colleague.name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await expect(page.getByRole("list", { name: "Members" })).not.toContainText(colleague.email);
    await theirs.goto("/settings/members");
    await expect(theirs.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  });

  test("the founder is removed once it is said who gets the mail, and the main address is chosen", async ({
    people,
    scene,
    pageOf,
  }) => {
    const founder = await people.customer();
    const boss = await people.join(founder, "owner");
    const { customerId } = founder;
    const copies = [founder.email, "books@example.test"];
    await scene.owner`update customers set invoice_recipients = ${copies} where id = ${customerId}`;
    const page = await pageOf(boss);
    await page.goto("/settings");
    await expect(page.getByLabel("Main address")).toHaveValue(founder.email);
    await page.goto("/settings/members");
    await page.getByRole("button", { name: `Remove ${founder.name}` }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByLabel("New main address")).toHaveValue(boss.email);
    await expect(dialog.getByLabel(`Stop copies to ${founder.email}`)).toBeChecked();
    await expect(dialog.getByLabel("Stop copies to books@example.test")).not.toBeChecked();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await expect(page.getByRole("list", { name: "Members" })).not.toContainText(founder.email);
    const [row] = await scene.owner`
      select email, invoice_recipients as copies from customers where id = ${customerId}`;
    expect(row).toMatchObject({ email: boss.email, copies: ["books@example.test"] });
    const colleague = await people.join(founder, "billing");
    await page.goto("/settings");
    await page.getByLabel("Main address").selectOption(colleague.email);
    await page.getByRole("button", { name: "Change main address" }).click();
    await expect(page.getByText("Mail about invoices goes to this address now.")).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Main address")).toHaveValue(colleague.email);
  });

  test("a new password keeps this session and ends the others", async ({ people, pageOf }) => {
    const customer = await people.customer();
    const [page, other] = [await pageOf(customer), await pageOf(customer)];
    await page.goto("/settings/sign-in");
    await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(2);
    await page.getByLabel("Current password").fill("not the password");
    await page.getByLabel("New password").fill("seven ducks cross the road");
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(page.getByText("This is not your current password.")).toBeVisible();
    await page.getByLabel("Current password").fill(knownPassword);
    await page.getByLabel("New password").fill("seven ducks cross the road");
    await page.getByRole("button", { name: "Change the password" }).click();
    await expect(page.getByText("Your password is changed")).toBeVisible();
    await expect(page.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(1);
    await other.goto("/invoices");
    await expect(other).toHaveURL(/\/sign-in/);
  });

  test("a session is ended from another one", async ({ people, pageOf }) => {
    const customer = await people.customer();
    const [page, other] = [await pageOf(customer), await pageOf(customer)];
    await page.goto("/settings/sign-in");
    await page.getByRole("button", { name: /^End the session of Chrome/ }).click();
    await expect(page.getByText("This is the only one.")).toBeVisible();
    await other.goto("/invoices");
    await expect(other).toHaveURL(/\/sign-in/);
  });

  test("all data comes as a file, to owners alone", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const { number } = await makeInvoice(scene.world, customer, 1000n);
    const page = await pageOf(customer);
    await page.goto("/settings");
    const coming = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export all data" }).click();
    const file = await (await coming).path();
    const data = JSON.parse(await readFile(file, "utf8"));
    expect(data.invoices).toMatchObject([{ number, total_minor: 1000 }]);
    const theirs = await pageOf(await people.join(customer, "billing"));
    expect((await theirs.context().request.get("/settings/export")).status()).toBe(404);
  });
});
