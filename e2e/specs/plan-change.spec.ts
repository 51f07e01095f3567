import { cast } from "@/e2e/fixtures/looks/look";
import { expect, test } from "@/e2e/fixtures/portal";

/** A service of Marigold's that runs until three weeks from now, of a cheaper plan than its neighbour. */
const label = "studio-mail";

test("a customer sees what another plan costs for the rest of the term, and changes to it", async ({
  pageOf,
  scene,
}) => {
  const [row] = await scene.owner`select id from services where label = ${label}`;
  const page = await pageOf(cast("marigold"));
  await page.goto(`/services/${row?.id}/plan`);
  await page.getByRole("radio", { name: /^Pond M/ }).check();
  await page.getByRole("radio", { name: /^Today/ }).check();
  await page.getByRole("button", { name: "Show what it costs" }).click();
  await expect(page.getByRole("heading", { name: /^Change to Pond M .*today$/ })).toBeVisible();
  await expect(page.getByText(/days: .* credited, .* charged/)).toBeVisible();
  const agree = page.getByRole("button", { name: /^Change to Pond M/ });
  const short = page.getByText(/The balance lacks/);
  await expect(agree.or(short)).toBeVisible();
  // Another choice withdraws what was shown: it is no longer what is picked.
  await page.getByRole("radio", { name: /^From its next term/ }).check();
  await expect(page.getByRole("heading", { name: /^Change to Pond M .*today$/ })).toBeHidden();
  await expect(agree.or(short)).toBeHidden();
  await page.getByRole("radio", { name: /^Today/ }).check();
  await expect(agree.or(short)).toBeVisible();
  if (await short.isVisible()) {
    await expect(page.getByRole("link", { name: "Top up" })).toHaveAttribute("href", /^\/balance\/top-up\?/);
    await page.getByRole("radio", { name: /^From its next term/ }).check();
    await page.getByRole("button", { name: "Show what it costs" }).click();
    await expect(page.getByRole("heading", { name: /^Change to Pond M .* from / })).toBeVisible();
  }
  await agree.click();
  await expect(page.getByRole("status").filter({ hasText: "Done." })).toBeVisible();
});

test("staff change a customer's plan from its page", async ({ pageOf, scene }) => {
  const [row] = await scene.owner`
    select c.reference from customers c join services s on s.customer_id = c.id where s.label = ${label}`;
  const page = await pageOf(cast("support"));
  await page.goto(`/admin/customers/${row?.reference}`);
  await page
    .getByRole("row")
    .filter({ hasText: "render-2" })
    .getByRole("link", { name: "Change plan" })
    .click();
  await page.getByRole("radio", { name: /^Pond M/ }).check();
  await page.getByRole("button", { name: "Show what it costs" }).click();
  await expect(page.getByText(/^From .* it costs .* plus tax\.$/)).toBeVisible();
  await page.getByRole("button", { name: /^Change to Pond M .* from / }).click();
  await expect(page.getByRole("status").filter({ hasText: "Done." })).toBeVisible();
  await expect(page.getByRole("radio", { name: /^Pond M .*from / })).toBeVisible();
  // What the address still asks for is said to be so, and is no warning.
  await expect(page.getByText(/There is nothing to change\.$/)).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "nothing to change" })).toBeHidden();
});
