import { expect, test } from "@/e2e/fixtures/portal";
import { dialogButton } from "@/e2e/pages/dialog-button";
import { newId } from "@/lib/kernel/id";
import { makeActiveService, makeInvoice, makePlan, makeRenewal } from "@/lib/testing/fixtures";

test("staff hold a suspension off with a reason, see it on the service, and end the hold", {
  tag: "@phone",
}, async ({ people, scene, pageOf }) => {
  const customer = await people.customer({ name: "Held Ltd" });
  const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
  await makeRenewal(scene.world, customer, serviceId);
  const page = await pageOf(await people.staff("support"));
  await page.goto(`/admin/services?q=E-${customer.customerId.slice(-12)}`);
  await page.getByRole("link", { name: "web-1" }).click();
  await page.getByText("Delay suspension", { exact: true }).first().click();
  const until = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel("Until and with").fill(until);
  await page.getByLabel(/^Reason/).fill("Waits for a purchase order");
  await page.getByRole("button", { name: "Delay suspension" }).click();
  await expect(page.getByRole("main")).toContainText("Suspension held off until");
  await expect(page.getByRole("table", { name: "Activity" })).toContainText("Waits for a purchase order");
  await page.getByText("End the hold", { exact: true }).first().click();
  await page
    .getByLabel(/^Reason/)
    .last()
    .fill("It came");
  await page.getByRole("button", { name: "End the hold" }).click();
  await expect(page.getByRole("main")).not.toContainText("Suspension held off until");
});

test("staff find a mail, send it again, and send a template to themselves", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer({ name: `Mail ${newId().slice(-6)}` });
  await makeInvoice(scene.world, customer, 2340n);
  await expect.poll(async () => (await scene.mailsTo(customer.email)).length).toBe(1);
  const support = await people.staff("support");
  const page = await pageOf(support);
  await page.goto(`/admin/mail?q=${encodeURIComponent(customer.name)}`);
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("button", { name: /again$/ }).click();
  await expect.poll(async () => (await scene.mailsTo(customer.email)).length).toBe(2);

  await page.goto("/admin/mail/templates/receipt");
  await page.getByRole("button", { name: /^Send this mail as a test/ }).click();
  await expect.poll(async () => (await scene.mailsTo(support.email)).length).toBe(1);
  const html = await page.request.get("/admin/mail/templates/receipt/html");
  expect(html.headers()["content-security-policy"]).toContain("default-src 'none'");
  expect(await html.text()).toMatch(/^<!doctype html/i);
});

test("an endpoint that leads into the host's own network is refused, and one that is public shows its secret once", async ({
  people,
  pageOf,
}) => {
  const page = await pageOf(await people.staff("admin"));
  await page.goto("/admin/webhooks");
  await page.getByLabel("Address").fill("https://10.0.0.1/hook");
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  const url = `https://panel-${newId().slice(-6)}.example.com/hook`;
  await page.getByLabel("Address").fill(url);
  await page.getByRole("button", { name: "Register" }).click();
  await expect(page.getByRole("main")).toContainText("Copy its secret now");
  await expect(page.getByRole("main")).toContainText("whsec_");
  const endpoint = page.getByRole("listitem").filter({ hasText: url });
  await endpoint.getByRole("button", { name: "End", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("It cannot be switched on again.");
  await dialogButton(page, "Not now").click();
  await expect(endpoint).not.toContainText("ended");
  await endpoint.getByRole("button", { name: "End", exact: true }).click();
  await dialogButton(page, "End endpoint").click();
  await expect(endpoint).toContainText("ended");
  await page.reload();
  await expect(page.getByRole("main")).not.toContainText("whsec_");
  await expect(endpoint).toContainText("ended");
});
