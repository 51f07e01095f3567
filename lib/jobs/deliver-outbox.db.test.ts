import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperMessages } from "@/app/paper-given";
import { resendMail } from "@/lib/admin/resend-mail";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { readAnyPayLink } from "@/lib/billing/payment/mailed-pay-link";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import { settle } from "@/lib/billing/payment/settle";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, newId, type PaymentId, type SessionId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";
import { createMailer, type Mail } from "@/lib/mail/mailer";
import { payDirect, payFromBalance } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import { topUp } from "@/lib/portal/top-up";
import { startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  plan,
} from "@/lib/testing/fixtures";
import { openQuietStripe } from "@/lib/testing/quiet-stripe";
import { deliverOutbox } from "./deliver-outbox";
import { claimUntold } from "./notices";
import { faultsMost } from "./park-mail";

const host = { name: "Ducky Cloud", url: "http://127.0.0.1:3000" };

async function openScene() {
  const [stripe, mailbox] = await Promise.all([openQuietStripe(), startMailbox({})]);
  const { world, control } = stripe;
  const mailer = createMailer({ smtpUrl: mailbox.smtpUrl, mailFrom: "Ducky Cloud <billing@ducky.example>" });
  const close = async () => {
    await Promise.all([stripe.close(), mailbox.close()]);
  };
  return { world, mailbox, control, delivery: { world, mailer, host }, close };
}

let scene: Awaited<ReturnType<typeof openScene>>;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

/** A service ordered and paid by card on the hosted page. */
async function payOrder(order: Parameters<typeof scene.control.pay>[1]) {
  const { world, control } = scene;
  const customer = await makeCustomer(world);
  const { invoice } = await makeOrder(world, customer, await makePlan(world));
  const input = plan(world, [invoice.id], { cardMinor: 1000n });
  await payDirect(customer.actor, input, world);
  const [payment] = await world.jobs
    .sql`select stripe_session_id from payments where id = ${input.paymentId}`;
  const paid = await control.pay(payment?.stripe_session_id, order);
  return {
    customer,
    invoice,
    paid,
    ref: { customerId: customer.customerId, paymentId: input.paymentId as never },
  };
}

async function mailsTo(userId: string) {
  const messages = await scene.mailbox.messages();
  return messages.filter((message) => JSON.stringify(message).includes(userId));
}

describe("the outbox", () => {
  it("sends one receipt for a payment by card, with the new expiry date, however often it runs", async () => {
    const { customer, invoice, ref } = await payOrder({});
    await settle(scene.world, ref);
    await deliverOutbox(scene.delivery, 1000);
    await deliverOutbox(scene.delivery, 1000);
    const mails = await mailsTo(customer.actor.userId);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ subject: `Received: $10.00 for ${invoice.number}` });
    expect(JSON.stringify(mails[0])).toContain("web-1 now runs until");
  });

  it("sends a receipt for what the customer paid from their balance, once", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const { invoice } = await makeOrder(world, customer, await makePlan(world));
    await giveBalance(world, customer, 1000n);
    const paid = await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 1000n), world);
    expect(paid.ok).toBe(true);
    await deliverOutbox(scene.delivery, 1000);
    await deliverOutbox(scene.delivery, 1000);
    const [mail, ...others] = await mailsTo(customer.actor.userId);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe(`Paid: $10.00 for ${invoice.number} from your balance`);
    expect(mail?.text).toContain(`You paid ${invoice.number} with $10.00 from your balance.`);
    expect(mail?.text).toContain("web-1 now runs until");
    expect(mail?.text).not.toContain("of it came from your balance");
  });

  it("writes of a renewal that goodwill paid, in the name that the host has given itself", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    await makeRenewal(world, customer, serviceId);
    const amount = money(1000n, "USD");
    await giveGoodwill(world, world.staff, { customerId: customer.customerId, amount, reason: "outage" });
    const rename = (name: string) => world.staff.sql`
      insert into settings (key, value) values ('host_name', to_jsonb(${name}::text))
      on conflict (key) do update set value = excluded.value`;
    await rename("Goose Hosting");
    await deliverOutbox(scene.delivery, 1000);
    await rename(host.name);
    const [mail, ...others] = await mailsTo(customer.actor.userId);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe("Renewed: web-1, $10.00 from your balance");
    expect(mail?.text).toContain("Goose Hosting · http://127.0.0.1:3000");
  });

  it("sends a copy to each address that the customer named for invoices, the customer's own once", async () => {
    const { customer, ref } = await payOrder({});
    const own = `${customer.actor.userId}@example.test`;
    const books = `books-${customer.actor.userId}@example.test`;
    await scene.world.app.sql.begin(async (sql) => {
      await sql`select set_config('mallard.customer', ${customer.customerId}, true)`;
      await sql`
        update customers set invoice_recipients = ${[books, own]}::text[] where id = ${customer.customerId}`;
    });
    await settle(scene.world, ref);
    await deliverOutbox(scene.delivery, 1000);
    const mails = await mailsTo(customer.actor.userId);
    expect(mails.map(({ to }) => to).sort()).toEqual([[books], [own]].sort());
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(1);
  });

  it("attaches the receipt that the portal has, to the mail and to its copies", async () => {
    const { customer, ref } = await payOrder({});
    const books = `books-${customer.actor.userId}@example.test`;
    const { customerId } = customer;
    await scene.world.app.sql.begin(async (sql) => {
      await sql`select set_config('mallard.customer', ${customerId}, true)`;
      await sql`update customers set invoice_recipients = ${[books]}::text[] where id = ${customerId}`;
    });
    await settle(scene.world, ref);
    const sent: Mail[] = [];
    const mailer = {
      sendMail: async (mail: Mail) => {
        sent.push(mail);
        return ok({ messageId: "<1@ducky.example>" });
      },
    };
    const papers = { hostName: host.name, messagesOf: paperMessages };
    await deliverOutbox({ ...scene.delivery, mailer, papers }, 1000);
    const own = sent.filter((mail) => JSON.stringify(mail.to).includes(customer.actor.userId));
    expect(own).toHaveLength(2);
    const [kept] = await scene.world.jobs.sql`
      select file_name, content from papers where customer_id = ${customerId} and subject_id = ${ref.paymentId}`;
    for (const { attachments = [] } of own) {
      expect(attachments.map(({ fileName }) => fileName)).toEqual([kept?.file_name]);
      expect(Buffer.from(attachments[0]?.content ?? []).equals(kept?.content)).toBe(true);
    }
  });

  it("tells of a top-up what it settled, until when the service runs, and what is left", async () => {
    const { world, control } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const renewal = await makeRenewal(world, customer, serviceId);
    const paymentId = newId<PaymentId>(world.clock);
    await topUp(customer.actor, { paymentId, currency: "USD", amount: "12" }, world);
    const [payment] = await world.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
    await control.pay(payment?.stripe_session_id);
    await settle(world, { customerId: customer.customerId, paymentId });
    await deliverOutbox(scene.delivery, 1000);
    const mails = await mailsTo(customer.actor.userId);
    const receipt = mails.find(({ subject }) => subject === "Received: $12.00 for your balance");
    const words = JSON.stringify(receipt);
    expect(words).toContain(`$12.00 of it went to your balance, which then paid ${renewal.number}.`);
    expect(words).toContain("$2.00 is available on your balance now.");
    expect(words).toContain("web-1 now runs until");
  });

  it("tells of a top-up what is still missing for the renewals that it did not reach for, on the page after it too", async () => {
    const { world, control } = scene;
    const customer = await makeCustomer(world);
    const service = async () => makeActiveService(world, customer, await makePlan(world), true);
    const services = [await service(), await service()];
    const numbers: string[] = [];
    for (const serviceId of services) numbers.push((await makeRenewal(world, customer, serviceId)).number);
    const paymentId = newId<PaymentId>(world.clock);
    await topUp(customer.actor, { paymentId, currency: "USD", amount: "12" }, world);
    const [payment] = await world.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
    await control.pay(payment?.stripe_session_id, {});
    const shown = await paymentOutcome(customer.actor, paymentId, world);
    const settled = shown?.kind === "paid" ? shown.receipt.settled.map(({ number }) => number) : [];
    const left = numbers.filter((number) => !settled.includes(number));
    expect(left).toHaveLength(1);
    // 12.00 paid one of two renewals of 10.00: 2.00 is left, and 8.00 is missing.
    expect(shown).toMatchObject({ stillShort: { amount: money(800n, "USD"), numbers: left } });
    await deliverOutbox(scene.delivery, 1000);
    const mails = await mailsTo(customer.actor.userId);
    const receipt = mails.find(({ subject }) => subject.startsWith("Received"));
    expect(receipt?.text).toContain(`$8.00 is still missing to renew what is open: ${left[0]}.`);
  });

  it("tells of a payment by bank what it left to pay", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_000n);
    const receipt = {
      id: newId<BankReceiptId>(world.clock),
      amount: money(400n, "USD"),
      valueDate: "2026-01-05" as CalendarDay,
      reference: "TRX 1",
      sender: "",
      userId: customer.actor.userId,
    };
    const { customerId } = customer;
    await recordBankPayment(world, world.staff, { customerId, receipt, invoiceIds: [invoice.id] });
    await deliverOutbox(scene.delivery, 1000);
    const [mail] = await mailsTo(customer.actor.userId);
    expect(mail).toMatchObject({ subject: `Received: $4.00 for ${invoice.number}` });
    expect(mail?.text).toContain(`$6.00 is still to be paid on ${invoice.number}.`);
  });

  it("writes when a delayed payment fails days later", async () => {
    const { customer, paid, ref } = await payOrder({ method: "us_bank_account", later: "waits" });
    await settle(scene.world, ref);
    await scene.control.settleDelayed(paid.paymentIntent ?? "", "fails");
    await settle(scene.world, ref);
    await deliverOutbox(scene.delivery, 1000);
    const [mail] = await mailsTo(customer.actor.userId);
    expect(mail).toMatchObject({ subject: "Your payment of $10.00 did not go through" });
    const token = /Pay \$10\.00: http\S+\/pay\/(\S+)/.exec(mail?.text ?? "")?.[1];
    expect(readAnyPayLink(scene.world.payLinkKey, token ?? "")).toMatchObject({
      kind: "mailed",
      customerId: customer.customerId,
    });
    // Everybody who may see the account reads the inbox: who may not pay is handed no link there.
    const [notice] = await scene.world.jobs
      .sql`select body from notices where customer_id = ${customer.customerId}
      and topic = 'payment.failed'`;
    expect(notice?.body).toContain("Nothing was taken");
    expect(notice?.body).not.toContain("/pay/");
  });

  it("writes of a delayed top-up that failed, and leads to the balance", async () => {
    const { world, control } = scene;
    const customer = await makeCustomer(world);
    const paymentId = newId<PaymentId>(world.clock);
    await topUp(customer.actor, { paymentId, currency: "USD", amount: "12" }, world);
    const [payment] = await world.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
    const paid = await control.pay(payment?.stripe_session_id, { method: "us_bank_account", later: "waits" });
    const ref = { customerId: customer.customerId, paymentId };
    await settle(world, ref);
    await control.settleDelayed(paid.paymentIntent ?? "", "fails");
    await settle(world, ref);
    await deliverOutbox(scene.delivery, 1000);
    const words = JSON.stringify(await mailsTo(customer.actor.userId));
    expect(words).toContain("Your bank did not complete the payment of $12.00 for your balance");
    expect(words).toContain(`${host.url}/balance`);
  });

  it("keeps a mail that no server takes, and sends it when one does", async () => {
    const { customer, ref } = await payOrder({});
    await settle(scene.world, ref);
    const nobody = createMailer({ smtpUrl: "smtp://127.0.0.1:9", mailFrom: "a@ducky.example" });
    expect(await deliverOutbox({ ...scene.delivery, mailer: nobody }, 1000)).toBe(0);
    expect(await mailsTo(customer.actor.userId)).toHaveLength(0);
    // It stands in the inbox all the same.
    expect(await noticesOf(customer)).toEqual([{ state: "waiting", attempts: 1 }]);
    await deliverOutbox(scene.delivery, 1000);
    const [mail] = await mailsTo(customer.actor.userId);
    expect(await noticesOf(customer)).toEqual([{ state: "sent", attempts: 2 }]);
    const [notice] = await scene.world.jobs.sql`
      select subject, body from notices where customer_id = ${customer.customerId}`;
    expect(mail).toMatchObject({ subject: notice?.subject });
  });

  it("sends each mail once by four workers at once", async () => {
    const paid = [await payOrder({}), await payOrder({}), await payOrder({})];
    for (const { ref } of paid) await settle(scene.world, ref);
    await Promise.all(Array.from({ length: 4 }, () => deliverOutbox(scene.delivery, 1000)));
    for (const { customer } of paid) {
      expect(await mailsTo(customer.actor.userId)).toHaveLength(1);
      expect(await noticesOf(customer)).toEqual([{ state: "sent", attempts: 1 }]);
    }
  });

  it("leaves what another worker has taken, until that cannot be at it any more", async () => {
    const { customer, ref } = await payOrder({});
    await settle(scene.world, ref);
    expect(await claimUntold(scene.world, customer.customerId)).not.toBeNull();
    expect(await claimUntold(scene.world, customer.customerId)).toBeNull();
    await deliverOutbox(scene.delivery, 1000);
    expect(await noticesOf(customer)).toEqual([]);
    scene.world.clock.advance(5 * 60_000);
    await deliverOutbox(scene.delivery, 1000);
    expect(await noticesOf(customer)).toEqual([{ state: "sent", attempts: 1 }]);
  });

  it("keeps a mail for a mailbox that is full, and sends what comes after it", async () => {
    const [full, other] = [await payOrder({}), await payOrder({})];
    await settle(scene.world, full.ref);
    await settle(scene.world, other.ref);
    const [row] = await scene.world.jobs
      .sql`select email from customers where id = ${full.customer.customerId}`;
    const server = new SMTPServer({
      disabledCommands: ["STARTTLS", "AUTH"],
      onRcptTo: ({ address }, _session, answer) =>
        answer(
          address === row?.email ? Object.assign(new Error("mailbox full"), { responseCode: 452 }) : null,
        ),
      onData: (stream, _session, answer) => stream.resume().on("end", () => answer(null)),
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const smtpUrl = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    const mailer = createMailer({ smtpUrl, mailFrom: "a@ducky.example" });
    await deliverOutbox({ ...scene.delivery, mailer }, 1000);
    expect(await noticesOf(full.customer)).toEqual([{ state: "waiting", attempts: 1 }]);
    expect(await noticesOf(other.customer)).toEqual([{ state: "sent", attempts: 1 }]);
    await new Promise<void>((closed) => server.close(closed));
    await deliverOutbox(scene.delivery, 1000);
    expect(await noticesOf(full.customer)).toEqual([{ state: "sent", attempts: 2 }]);
  });

  it("shows staff a mail that is refused for good, and goes on", async () => {
    const { customer, ref } = await payOrder({});
    await scene.world.staff
      .sql`update customers set email = 'not an address' where id = ${customer.customerId}`;
    await settle(scene.world, ref);
    await deliverOutbox(scene.delivery, 1000);
    const tasks = await scene.world.jobs.sql`
      select kind, detail from tasks where customer_id = ${customer.customerId}`;
    expect(tasks).toEqual([
      { kind: "mail_undeliverable", detail: { topic: "payment.succeeded", reason: "mail_not_safe" } },
    ]);
    expect(await noticesOf(customer)).toEqual([{ state: "undeliverable", attempts: 1 }]);
  });
});

describe("a mail that cannot be written", () => {
  it("holds up no other; it is parked, shown to staff, and can be sent again", async () => {
    const { world } = scene;
    const spoiled = await makeCustomer(world);
    const outboxId = newId();
    await world.jobs.sql`
      insert into outbox (customer_id, id, topic, payload, created_at)
      values (${spoiled.customerId}, ${outboxId}, 'payment.succeeded', ${world.jobs.sql.json({ paymentId: "none" })},
        ${world.clock.now()})`;
    const { customer, ref } = await payOrder({});
    await settle(world, ref);
    await deliverOutbox(scene.delivery, 1000);
    expect(await noticesOf(customer)).toEqual([{ state: "sent", attempts: 1 }]);
    for (let fault = 1; fault < faultsMost; fault += 1) await deliverOutbox(scene.delivery, 1000);
    const taskOf = () => world.jobs.sql`
      select kind, detail, done_at is not null as is_done from tasks where customer_id = ${spoiled.customerId}`;
    const detail = { topic: "payment.succeeded", reason: "mail_fault" };
    expect(await taskOf()).toEqual([{ kind: "mail_undeliverable", detail, is_done: false }]);
    expect(await deliverOutbox(scene.delivery, 1000)).toBe(0);
    const actor = { userId: customer.actor.userId, sessionId: newId<SessionId>(), role: "admin" as const };
    const about = { customerId: spoiled.customerId, noticeId: outboxId };
    expect(await resendMail(actor, about, world)).toMatchObject({ ok: true });
    expect(await taskOf()).toEqual([{ kind: "mail_undeliverable", detail, is_done: true }]);
    for (let fault = 0; fault < faultsMost; fault += 1) await deliverOutbox(scene.delivery, 1000);
    expect(await taskOf()).toEqual([{ kind: "mail_undeliverable", detail, is_done: false }]);
  });
});

/** What stands in the customer's inbox, and how its delivery goes. */
async function noticesOf({ customerId }: { customerId: string }) {
  const rows = await scene.world.jobs.sql`
    select state, attempts from notices where customer_id = ${customerId} order by id`;
  return rows.map(({ state, attempts }) => ({ state, attempts }));
}
