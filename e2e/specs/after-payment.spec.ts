import { expect, test } from "@/e2e/fixtures/portal";
import { cards, HostedPage } from "@/e2e/pages/hosted-page";
import { InvoicePage } from "@/e2e/pages/invoice-page";
import { ReturnPage } from "@/e2e/pages/return-page";
import { newId } from "@/lib/kernel/id";
import { payDirect } from "@/lib/portal/pay";
import { makeInvoice, makeOrder, makePlan, plan } from "@/lib/testing/fixtures";
import { factsOf, startDirect } from "@/lib/testing/payment-facts";

test("signed out, it settles the payment and shows nothing of it", { tag: "@phone" }, async ({
  people,
  scene,
  page,
}) => {
  const customer = await people.customer({ name: "Shoveler Secret Ltd" });
  const invoice = await makeInvoice(scene.world, customer, 7654n);
  const payment = await startDirect(scene.world, customer, [invoice.id], { cardMinor: 7654n });
  await scene.stripe.control.pay(payment.sessionId);
  await page.goto(`/return/${payment.paymentId}`);
  await new ReturnPage(page).says("Sign in to see your payment");
  await expect(page.getByRole("navigation")).toHaveCount(0);
  const html = await page.content();
  for (const secret of ["Shoveler", "76.54", invoice.number, customer.email])
    expect(html).not.toContain(secret);
  expect(await factsOf(scene.world, payment)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
});

test("someone else's payment gets the answer of one that does not exist", async ({
  people,
  scene,
  pageOf,
}) => {
  const [customer, other] = [await people.customer(), await people.customer()];
  const invoice = await makeInvoice(scene.world, other, 2000n);
  const payment = await startDirect(scene.world, other, [invoice.id], { cardMinor: 2000n });
  const page = await pageOf(customer);
  const answers = [];
  for (const id of [payment.paymentId, newId()]) {
    const answer = await page.goto(`/return/${id}`);
    answers.push({ status: answer?.status(), words: await page.getByRole("main").innerText() });
  }
  expect(answers[0]?.status).toBe(404);
  expect(answers[0]).toEqual(answers[1]);
});

test("it tells the new expiry date of each service", { tag: "@phone" }, async ({ people, scene, pageOf }) => {
  const customer = await people.customer();
  const order = await makeOrder(scene.world, customer, await makePlan(scene.world));
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, order.invoice.number);
  await invoice.payButton("Pay $10.00 by card").click();
  await new HostedPage(page).payWith(cards.good);
  const back = new ReturnPage(page);
  await back.saysPaid();
  await back.hasTheSections();
  const [service] = await scene.owner`
    select max(ends_at) as expires_at from terms
    where customer_id = ${customer.customerId} and service_id = ${order.serviceId}`;
  const day = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  await back.tells("web-1", day.format(service?.expires_at));
  await page.goto("/services");
  await expect(page.getByRole("main")).toContainText("Active");
  await expect(page.getByRole("main")).toContainText(day.format(service?.expires_at));
});

test("while Stripe does not answer it says that it is confirming, and goes on by itself once it does", async ({
  people,
  scene,
  pageOf,
}) => {
  const customer = await people.customer();
  const { id, number } = await makeInvoice(scene.world, customer, 2000n);
  // This world's Stripe cannot be reached: nobody knows whether there is a payment.
  const unreachable = {
    ...scene.world,
    gateway: {
      ...scene.world.gateway,
      createCheckout: async () => ({ outcome: "unknown" as const, reason: "timeout" }),
    },
  };
  const input = plan(scene.world, [id], { cardMinor: 2000n });
  expect(await payDirect(customer.actor, input, unreachable)).toMatchObject({
    value: { kind: "confirming" },
  });
  const page = await pageOf(customer);
  const invoice = await InvoicePage.open(page, number);
  await invoice.isIn("Processing");
  await invoice.resume.click();
  const hosted = new HostedPage(page);
  await hosted.asksFor("$20.00");
  await hosted.payWith(cards.good);
  await new ReturnPage(page).saysPaid();
  expect(await factsOf(scene.world, { ...customer, paymentId: input.paymentId as never })).toMatchObject({
    charges: 1,
    allocated: 2000n,
  });
});
