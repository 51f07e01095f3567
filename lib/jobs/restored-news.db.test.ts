import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resendMail } from "@/lib/admin/resend-mail";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import { settle } from "@/lib/billing/payment/settle";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, newId, type ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { longDay } from "@/lib/mail/dates";
import { createMailer } from "@/lib/mail/mailer";
import { payDirect, payFromBalance } from "@/lib/portal/pay";
import { startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openQuietStripe } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import { deliverOutbox } from "./deliver-outbox";

const host = { name: "Ducky Cloud", url: "http://127.0.0.1:3000" };

async function openScene() {
  const [stripe, mailbox] = await Promise.all([openQuietStripe(), startMailbox({})]);
  const owner = postgres(stripe.databaseUrl, { max: 1, onnotice: () => {} });
  const mailer = createMailer({ smtpUrl: mailbox.smtpUrl, mailFrom: "Ducky Cloud <billing@ducky.example>" });
  const close = async () => {
    await Promise.all([stripe.close(), mailbox.close(), owner.end()]);
  };
  return { ...stripe, owner, mailbox, delivery: { world: stripe.world, mailer, host }, close };
}

let scene: Awaited<ReturnType<typeof openScene>>;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

interface Suspended {
  customer: TestCustomer;
  serviceIds: ServiceId[];
  invoiceIds: string[];
}

/** Services whose next term nobody paid, suspended, with all that was to be told before. */
async function suspended(count = 1, isAutoRenew = false): Promise<Suspended> {
  const { world, owner } = scene;
  const customer = await makeCustomer(world);
  const planId = await makePlan(world);
  const serviceIds: ServiceId[] = [];
  const invoiceIds: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const serviceId = await makeActiveService(world, customer, planId, isAutoRenew);
    serviceIds.push(serviceId);
    invoiceIds.push((await makeRenewal(world, customer, serviceId)).id);
  }
  await owner`
    update services set state = 'suspended', suspended_at = ${world.clock.now()}
    where customer_id = ${customer.customerId}`;
  await deliverOutbox(scene.delivery, 1000);
  return { customer, serviceIds, invoiceIds };
}

async function restoredMailsTo({ actor }: TestCustomer) {
  const mails = await scene.mailbox.messages();
  return mails.filter(
    (mail) =>
      JSON.stringify(mail).includes(actor.userId) && /running again|已恢复运行/.test(mail.subject ?? ""),
  );
}

const ways: [string, (given: Suspended) => Promise<unknown>][] = [
  [
    "the card",
    async ({ customer, invoiceIds }) => {
      const { world, control, owner } = scene;
      const input = plan(world, invoiceIds, { cardMinor: 1_000n });
      await payDirect(customer.actor, input, world);
      const [payment] = await owner`select stripe_session_id from payments where id = ${input.paymentId}`;
      await control.pay(payment?.stripe_session_id, {});
      await settle(world, { customerId: customer.customerId, paymentId: input.paymentId as never });
    },
  ],
  [
    "the balance",
    async ({ customer, invoiceIds }) => {
      await giveBalance(scene.world, customer, 1_000n);
      await payFromBalance(customer.actor, balancePlan(scene.world, invoiceIds, 1_000n), scene.world);
    },
  ],
  [
    "money by bank",
    async ({ customer: { customerId, actor }, invoiceIds }) => {
      const { world } = scene;
      const receipt = {
        id: newId<BankReceiptId>(world.clock),
        amount: money(1_000n, "USD"),
        valueDate: "2026-01-05" as CalendarDay,
        reference: customerId,
        sender: "",
        userId: actor.userId,
      };
      const wish = { customerId, receipt, invoiceIds: invoiceIds as never[] };
      await recordBankPayment(world, world.staff, wish);
    },
  ],
  [
    "goodwill",
    ({ customer: { customerId } }) =>
      giveGoodwill(scene.world, scene.world.staff, {
        customerId,
        amount: money(1_000n, "USD"),
        reason: "outage",
      }),
  ],
];

describe("a suspended service that is paid", () => {
  it.each(ways)("by %s is told at once to run again, with its new expiry, once", async (way, pay) => {
    const given = await suspended(1, way === "goodwill");
    await pay(given);
    const { customer, serviceIds } = given;
    const [service] = await scene.owner`select state, expires_at from services where id = any(${serviceIds})`;
    expect(service?.state).toBe("active");
    await Promise.all([1, 2, 3].map(() => deliverOutbox(scene.delivery, 1000)));
    await deliverOutbox(scene.delivery, 1000);
    const [mail, ...others] = await restoredMailsTo(customer);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("web-1 is running again");
    const expiry = longDay(service?.expires_at, { locale: "en", timeZone: scene.world.timeZone });
    expect(mail?.text).toContain(`web-1 is running again, and is paid until ${expiry}.`);
  });

  it("is told in the customer's language, and again when staff ask for it", async () => {
    const given = await suspended();
    const { customerId } = given.customer;
    await scene.owner`update customers set locale = 'zh' where id = ${customerId}`;
    await ways[1]?.[1](given);
    await deliverOutbox(scene.delivery, 1000);
    const [mail] = await restoredMailsTo(given.customer);
    expect(mail?.subject).toBe("web-1 已恢复运行");
    expect(mail?.text).toContain("web-1 已恢复运行，已付至");
    const [row] = await scene.owner`
      select id from outbox where customer_id = ${customerId} and topic = 'service.resumed'`;
    const support = await makeStaff(scene.world, "support");
    expect(await resendMail(support, { customerId, noticeId: row?.id }, scene.world)).toMatchObject({
      ok: true,
    });
    await deliverOutbox(scene.delivery, 1000);
    expect((await restoredMailsTo(given.customer)).map(({ subject }) => subject)).toEqual([
      "web-1 已恢复运行",
      "web-1 已恢复运行",
    ]);
  });

  it("is told with the others that the same payment restored", async () => {
    const { customer, invoiceIds } = await suspended(2);
    await giveBalance(scene.world, customer, 2_000n);
    await payFromBalance(customer.actor, balancePlan(scene.world, invoiceIds, 2_000n), scene.world);
    await deliverOutbox(scene.delivery, 1000);
    await deliverOutbox(scene.delivery, 1000);
    const mails = await restoredMailsTo(customer);
    expect(mails.map(({ subject }) => subject)).toEqual(["2 services are running again"]);
  });

  it("is not told of once it is stopped again before the mail was written, nor one that never stood still", async () => {
    const given = await suspended();
    await ways[1]?.[1](given);
    await scene.owner`
      update services set state = 'suspended', suspended_at = now() where id = any(${given.serviceIds})`;
    await deliverOutbox(scene.delivery, 1000);
    expect(await restoredMailsTo(given.customer)).toEqual([]);
    const running = await suspended();
    await scene.owner`
      update services set state = 'active', suspended_at = null where id = any(${running.serviceIds})`;
    await ways[1]?.[1](running);
    await deliverOutbox(scene.delivery, 1000);
    expect(await restoredMailsTo(running.customer)).toEqual([]);
  });
});
