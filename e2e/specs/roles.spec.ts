import { actionNamed, callAction, onPageOf } from "@/e2e/fixtures/actions";
import { expect, test } from "@/e2e/fixtures/portal";
import { knownPassword } from "@/e2e/fixtures/secrets";
import { answered } from "@/e2e/pages/answered";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { SignInPage } from "@/e2e/pages/sign-in-page";
import { newId } from "@/lib/kernel/id";
import { giveBalance, makeInvoice } from "@/lib/testing/fixtures";
import { balanceOf } from "@/lib/testing/payment-facts";

test("a viewer sees the invoice and why they cannot pay it", { tag: "@phone" }, async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { id, number } = await makeInvoice(scene.world, customer, 2000n);
  const page = await pageOf(await people.join(customer, "viewer"));
  const invoice = await InvoicePage.open(page, number);
  await expect(invoice.panel).toContainText("You may look at this invoice but not pay it.");
  await expect(invoice.panel.getByRole("button")).toHaveCount(0);
  const asked = await callAction(
    page.context().request,
    onPageOf(customer.customerId, actionNamed("payFromBalance")),
    {
      paymentId: newId(),
      invoiceIds: [id],
      plan: { balanceMinor: "2000", cardMinor: "0", excessMinor: "0" },
    },
  );
  expect(asked.value).toMatchObject({ ok: false, refusal: { code: "not_allowed" } });
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 5000n, held: 0n });
});

test("a viewer can neither go on with nor abandon what others began", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const invoice = await InvoicePage.open(await pageOf(customer), number);
  await invoice.payButton("Pay $20.00 by card").click();
  await expect(invoice.page.getByRole("heading", { name: "$20.00" })).toBeVisible();
  const seen = await InvoicePage.open(await pageOf(await people.join(customer, "viewer")), number);
  await expect(seen.panel).toContainText("A payment is under way");
  await expect(seen.panel.getByRole("button")).toHaveCount(0);
});

test("who was a billing member a moment ago is refused now", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await giveBalance(scene.world, customer, 5000n);
  const { number } = await makeInvoice(scene.world, customer, 2000n);
  const colleague = await people.join(customer, "billing");
  const page = await pageOf(colleague);
  const invoice = await InvoicePage.open(page, number);
  await scene.owner`
    update memberships set role = 'viewer'
    where customer_id = ${customer.customerId} and user_id = ${colleague.userId}`;
  await invoice.payButton("Pay $20.00 from balance").click();
  await expect(page.getByText("Your role does not allow paying.")).toBeVisible();
  expect(await balanceOf(scene.world, customer)).toEqual({ posted: 5000n, held: 0n });
});

test("staff are led to their section, and customers find nothing there", async ({ people, pageOf }) => {
  const staff = await pageOf(await people.staff("support"));
  await staff.goto("/");
  await expect(staff).toHaveURL(/\/admin$/);
  const customer = await pageOf(await people.customer());
  const answer = await customer.goto("/admin");
  expect(answer?.status()).toBe(404);
});

test("staff sign in at a door of their own, where a customer's login is a wrong password", async ({
  people,
  pageOf,
}) => {
  const [customer, staff] = [await people.customer(), await people.staff("support")];
  const door = new SignInPage(await pageOf(null));
  await door.page.goto("/admin/books");
  await expect(door.page).toHaveURL(/\/admin\/sign-in\?callbackUrl=/);
  await answered(door.page, () => door.as(customer.email, knownPassword));
  const refusal = await door.alert.textContent();
  await answered(door.page, () => door.as(customer.email, "a wrong password"));
  await expect(door.alert).toHaveText(refusal ?? "");
  await door.as(staff.email, knownPassword);
  await expect(door.page).toHaveURL(/\/admin\/books$/);
});

test("an admin invites somebody by mail, who makes a login and works here until it ends", async ({
  people,
  scene,
  pageOf,
}) => {
  const admin = await pageOf(await people.staff("admin"));
  const email = `invited-${Date.now()}@example.test`;
  await admin.goto("/admin/team");
  await admin.getByLabel("E-mail address").fill(email);
  await admin.getByRole("combobox", { name: "Role", exact: true }).selectOption("finance");
  await admin.getByRole("button", { name: "Send the invitation" }).click();
  await expect(admin.getByText(email)).toBeVisible();
  await expect.poll(async () => (await scene.mailsTo(email)).length).toBe(1);
  const [mail] = await scene.mailsTo(email);
  const link = /\/admin\/invite\/[\w-]+/.exec(mail?.text ?? "")?.[0] ?? "";
  const invited = await pageOf(null);
  await invited.goto(link);
  await invited.getByLabel("Name").fill("Ivy Invited");
  await invited.getByLabel("Password").fill(knownPassword);
  await invited.getByRole("button", { name: "Make my login" }).click();
  await invited.getByRole("link", { name: "Sign in" }).click();
  await new SignInPage(invited).as(email, knownPassword);
  await expect(invited.getByText("You are signed in as finance")).toBeVisible();
  await admin.reload();
  // Others have no access either: only this one's row says that it was done.
  const row = admin.getByRole("listitem").filter({ hasText: email });
  await row.getByRole("button", { name: "End the access of Ivy Invited" }).click();
  await row.getByRole("button", { name: "End access", exact: true }).click();
  await expect(row).toContainText("no access");
  await invited.goto("/admin");
  await expect(invited).toHaveURL(/\/admin\/sign-in/);
});

test("somebody who belongs to no customer finds nothing", async ({ people, pageOf }) => {
  const page = await pageOf(await people.stranger());
  const answer = await page.goto("/invoices");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
});
