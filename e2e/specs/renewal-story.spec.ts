import { expect, test } from "@/e2e/fixtures/portal";
import type { Scene } from "@/e2e/fixtures/scene";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { addDays } from "@/lib/kernel/calendar";
import { giveBalance, makeActiveService, makePlan, makeRenewal } from "@/lib/testing/fixtures";

/** The number of the customer's one renewal. */
async function expectNumber({ owner }: Scene, customerId: string): Promise<string> {
  const [row] = await owner`
    select number from invoices where customer_id = ${customerId} and origin = 'renewal' and state = 'open'`;
  expect(row?.number).toMatch(/^INV-/);
  return row?.number;
}

test.describe("what failed people of the old system", { tag: "@phone" }, () => {
  test("too little balance: a top-up settles it in the same moment, and the expiry moves", async ({
    people,
    scene,
    pageOf,
  }) => {
    const customer = await people.customer();
    // Bought so long ago that its next term is due now: the portal's own worker may take it up at any moment.
    scene.at(addDays(new Date(), -26, "UTC"));
    await giveBalance(scene.world, customer, 680n);
    const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
    scene.at(null);
    await runRenewals(scene.world);

    // The mail that says so goes out the next morning; here its link is followed.
    const number = await expectNumber(scene, customer.customerId);
    const page = await pageOf(customer);
    await page.goto(`/balance/top-up?invoice=${number}`);
    await page.getByRole("button", { name: "Top up $3.20" }).click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$3.20");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.tells(`Invoice ${number}`, "$10.00");
    await expect(back.receipt).toContainText("Your services now run until");
    await (await InvoicePage.open(page, number)).isIn("Paid");
    const [service] = await scene.owner`
      select s.expires_at > now() + interval '30 days' as is_extended, count(t.*)::int as terms
      from services s join terms t on t.customer_id = s.customer_id and t.service_id = s.id
      where s.id = ${serviceId} group by s.expires_at`;
    expect(service).toEqual({ is_extended: true, terms: 2 });
  });

  test("enough balance: the renewal is paid when it is issued, and a mail says until when", async ({
    people,
    scene,
  }) => {
    const customer = await people.customer();
    scene.at(addDays(new Date(), -26, "UTC"));
    await giveBalance(scene.world, customer, 1000n);
    await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
    scene.at(null);
    await runRenewals(scene.world);
    await expect
      .poll(async () => (await scene.mailsTo(customer.email)).map(({ subject }) => subject).join())
      .toContain("Renewed: web-1, $10.00 from your balance");
  });
});

test.describe("switching auto-renew", { tag: "@phone" }, () => {
  test("on pays at once what waits, and off says so", async ({ people, scene, pageOf }) => {
    const customer = await people.customer();
    const serviceId = await makeActiveService(scene.world, customer, await makePlan(scene.world));
    const { number } = await makeRenewal(scene.world, customer, serviceId);
    await giveBalance(scene.world, customer, 1000n);
    const page = await pageOf(customer);
    await page.goto("/services");
    const button = page.getByRole("switch", { name: "Auto-renew of web-1" });
    await expect(button).not.toBeChecked();
    await button.click();
    await expect(page.getByText(`Your balance paid ${number} at once.`)).toBeVisible();
    await expect(button).toBeChecked();
    await (await InvoicePage.open(page, number)).isIn("Paid");
    await page.goto("/services");
    await button.click();
    await expect(page.getByText("web-1 no longer renews automatically")).toBeVisible();
    await expect(button).not.toBeChecked();
  });

  test("is not for who only looks", async ({ people, scene, pageOf }) => {
    const customer = await people.customer({ role: "owner" });
    await makeActiveService(scene.world, customer, await makePlan(scene.world), true);
    const viewer = await people.join(customer, "viewer");
    const page = await pageOf(viewer);
    await page.goto("/services");
    await expect(page.getByRole("row", { name: /web-1/ })).toContainText("On");
    await expect(page.getByRole("switch")).toHaveCount(0);
  });
});
