import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { addDays } from "@/lib/kernel/calendar";
import { giveBalance, makeActiveService, makePlan, makeRenewal } from "@/lib/testing/fixtures";

test.describe("what failed people of the old system", { tag: "@phone" }, () => {
  test("too little balance: a mail says how much, a top-up settles it in the same moment, and the expiry moves", async ({
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

    await expect
      .poll(async () => (await scene.mailsTo(customer.email)).map(({ subject }) => subject).join())
      .toContain("$3.20 is missing to renew web-1 by");
    const page = await pageOf(customer);
    await page.goto("/inbox");
    await expect(page.getByRole("main")).toContainText("$3.20 is missing to renew web-1 by");
    await page.getByText("$3.20 is missing to renew web-1 by").click();
    await page.getByRole("button", { name: "Mark these as read" }).click();
    await expect(page.getByRole("button", { name: "Mark these as read" })).toBeHidden();

    const mail = (await scene.mailsTo(customer.email)).find(({ subject }) => subject.includes("is missing"));
    const topUp = /\/balance\/top-up\?invoice=(\S+)/.exec(mail?.text ?? "");
    await page.goto(topUp?.[0] ?? "the mail leads to the top-up");
    await page.getByRole("button", { name: "Top up $3.20" }).click();
    const hosted = new HostedPage(page);
    await hosted.asksFor("$3.20");
    await hosted.payWith(cards.good);
    const back = new ReturnPage(page);
    await back.tells(`Invoice ${topUp?.[1]}`, "$10.00");
    await expect(back.receipt).toContainText("Your services now run until");
    await (await InvoicePage.open(page, topUp?.[1] ?? "")).isIn("Paid");
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
    await expect(page.getByText("web-1 no longer renews by itself")).toBeVisible();
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
