import { expect, test } from "@/e2e/fixtures/portal";
import { ReturnPage } from "@/e2e/pages/return-page";
import { giveBalance, makeActiveService, makePlan } from "@/lib/testing/fixtures";

test("the overview says what the next renewal is short of, and one click has just that at hand", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
  await giveBalance(scene.world, customer, 680n);
  const page = await pageOf(customer);
  await page.goto("/");
  const balance = page.getByRole("region", { name: "Balance" });
  await expect(balance).toContainText("Does not cover the next renewal: $3.20 short for web-1, tax included");
  await balance.getByRole("link", { name: "Top up $3.20" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Top up your balance" })).toBeVisible();
  await expect(page.getByRole("radio", { name: /For your next renewals/ })).toBeChecked();
  await expect(page.getByRole("button", { name: "Top up $3.20" })).toBeVisible();
});

test("a service is renewed for three months from the list, from the balance and at once", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world));
  await giveBalance(scene.world, customer, 3500n);
  const page = await pageOf(customer);
  await page.goto("/services");
  await page.getByRole("link", { name: "Renew web-1 now" }).click();
  await page.getByRole("link", { name: "3 months" }).click();
  await page.getByRole("button", { name: "Pay $30.00 from balance" }).click();
  await new ReturnPage(page).saysPaid();
  const [row] = await scene.owner`select count(*)::int as terms from terms where service_id = ${serviceId}`;
  expect(row?.terms).toBe(4);
});

test("a service is cancelled to the end of its term, and goes on after all", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
  const page = await pageOf(customer);
  await page.goto(`/services/${serviceId}`);
  const next = page.getByRole("region", { name: "What happens next" });
  await expect(next).toContainText("Its next invoice is issued");
  await page.getByRole("button", { name: "Cancel this service at the end of its term" }).click();
  await page.getByRole("button", { name: "Cancel the service" }).click();
  await expect(next).toContainText("It ends with the term that is paid");
  await page.getByRole("button", { name: "Keep service web-1" }).click();
  await expect(next).toContainText("Its next invoice is issued");
});
