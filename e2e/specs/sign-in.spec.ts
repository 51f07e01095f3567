import { expect, test } from "@/e2e/fixtures/portal";
import { knownPassword } from "@/e2e/fixtures/secrets";
import { answered } from "@/e2e/pages/answered";
import { SignInPage } from "@/e2e/pages/sign-in-page";
import { revokeAll } from "@/lib/auth/session";
import { makeInvoice } from "@/lib/testing/fixtures";

test("a signed-out visitor's first page is sign-in, and leads on to where they wanted to go", {
  tag: "@phone",
}, async ({ people, scene, page }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 1000n);
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goto(`/invoices/${number}`);
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
  await new SignInPage(page).as(customer.email, knownPassword);
  await expect(page.getByRole("heading", { level: 1, name: `Invoice ${number}` })).toBeVisible();
});

test("a wrong password and an unknown address get the same answer, and what was typed stays", async ({
  people,
  page,
}) => {
  const customer = await people.customer();
  const form = new SignInPage(page);
  await form.open();
  const sentence = "Address and password do not match. Check both, or choose a new password.";
  for (const email of [customer.email, "nobody@example.test"]) {
    await answered(page, () => form.as(email, "not the password"));
    await expect(form.alert).toHaveText(sentence);
    await expect(form.email).toHaveValue(email);
  }
  await form.as(customer.email, knownPassword);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("too many attempts are turned away, also with the right password, until a reset", async ({
  people,
  scene,
  page,
}) => {
  const customer = await people.customer({ name: "Smew Ltd" });
  const form = new SignInPage(page);
  await form.open();
  // The guesses of this machine are counted by the device that they come from, which its owner signed in from before.
  await form.as(customer.email, knownPassword);
  await page.getByRole("button", { name: "Smew Ltd" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await answered(page, () => form.as(customer.email, `guess number ${attempt}`));
    await expect(form.alert).toContainText("do not match");
  }
  await form.as(customer.email, knownPassword);
  await expect(form.alert).toHaveText(/^Too many attempts\. Wait 1[45] min, then try again\.$/);

  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page.getByRole("heading", { name: "Forgotten password" })).toBeVisible();
  await page.getByRole("textbox", { name: "E-mail address" }).fill(customer.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("Look into your mailbox")).toBeVisible();
  await expect.poll(async () => (await scene.mailsTo(customer.email)).length).toBe(1);
  const [mail] = await scene.mailsTo(customer.email);
  const link = /http\S+\/reset\/\S+/.exec(mail?.text ?? "")?.[0] ?? "";
  await page.goto(link);
  await page.getByLabel("New password").fill("quack");
  await page.getByRole("button", { name: "Use this password" }).click();
  await expect(page.getByText("This password is too short")).toBeVisible();
  const password = "seven ducks cross the road";
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Use this password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link has expired" })).toBeVisible();
  await form.open();
  await form.as(customer.email, password);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
});

test("an unknown address asks for a reset: the same answer, and no mail", async ({ scene, page }) => {
  await page.goto("/reset");
  await page.getByRole("textbox", { name: "E-mail address" }).fill("nobody@example.test");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("Look into your mailbox")).toBeVisible();
  expect(await scene.mailsTo("nobody@example.test")).toEqual([]);
});

test("a session that was ended elsewhere is signed out at the next click", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const page = await pageOf(customer);
  await page.goto("/invoices");
  await revokeAll(scene.owner, customer.userId, new Date());
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Balance" }).click();
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fbalance$/);
  await expect(new SignInPage(page).submit).toBeVisible();
});

test("a session that was ended elsewhere pays nothing, and says so", async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const { number } = await makeInvoice(scene.world, customer, 1000n);
  const page = await pageOf(customer);
  await page.goto(`/invoices/${number}`);
  await revokeAll(scene.owner, customer.userId, new Date());
  await page.getByRole("button", { name: "Pay $10.00 by card" }).click();
  await expect(
    page.getByText("You have been signed out, and nothing was done.").or(new SignInPage(page).submit).first(),
  ).toBeVisible();
});

test("signing out ends the session, and the back button shows nothing", async ({ people, pageOf }) => {
  const customer = await people.customer({ name: "Tufted Duck Ltd" });
  const page = await pageOf(customer);
  await page.goto("/balance");
  await page.getByRole("button", { name: "Tufted Duck Ltd" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/sign-in/);
});

for (const evil of [
  "//evil.example",
  "/\\evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/%2f/evil.example",
]) {
  test(`signing in does not lead to ${evil}`, async ({ people, page }) => {
    const customer = await people.customer();
    const form = new SignInPage(page);
    await form.open(evil);
    await form.as(customer.email, knownPassword);
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await expect(page).toHaveURL(/^http:\/\/localhost:\d+\/$/);
  });
}

test("the demo shows its logins, and one click signs in", { tag: "@phone" }, async ({ page }) => {
  await new SignInPage(page).open();
  await page.getByRole("button", { name: /A customer with many invoices/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Marigold Studio" })).toBeVisible();
});
