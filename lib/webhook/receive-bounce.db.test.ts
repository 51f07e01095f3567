import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reportMostBytes } from "@/lib/auth/body-limits";
import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail } from "@/lib/mail/mailer";
import { showInbox } from "@/lib/portal/show-inbox";
import { showSettings } from "@/lib/portal/show-settings";
import { bounceOf, exchangeBounce, exchangeDelay, postfixBounce } from "@/lib/testing/bounces";
import { createTestDatabase } from "@/lib/testing/database";
import { makeCustomer, makeInvoice, type TestCustomer } from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { receiveBounce } from "./receive-bounce";

const secret = "only-the-mail-server-of-the-host-knows-it";
const copy = "books@example.com";

let world: TestWorld;
let owner: postgres.Sql;
let drop: () => Promise<void>;
let sent: Mail[] = [];
let refusedReason: string | null = null;
/** What happens while the mail server has a mail, before it is noted that it took it. */
let meanwhile: (mail: Mail) => Promise<unknown> = async () => {};

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  drop = () => database.drop();
});

beforeEach(() => {
  sent = [];
  refusedReason = null;
  meanwhile = async () => {};
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

const mailer = {
  sendMail: async (mail: Mail) => {
    sent.push(mail);
    await meanwhile(mail);
    if (refusedReason && mail.to === copy)
      return refuse({ code: "mail_refused" as const, reason: refusedReason });
    return ok({ messageId: `<${mail.id}@ducky.example>` });
  },
};

const deliver = () =>
  deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl } }, 1000);

const handIn = (message: string | Uint8Array, authorization: string | null = `Bearer ${secret}`) =>
  receiveBounce(world, secret, { body: new Response(message as never).body, authorization });

/** Of the last mail, not of its copies. */
function lastMailId(): string {
  return sent.findLast(({ to }) => to !== copy)?.id ?? "";
}

/** A customer who was reminded of an invoice, a copy gone to their books. */
async function reminded(): Promise<TestCustomer & { email: string; mailId: string }> {
  const customer = await makeCustomer(world);
  const email = `${customer.actor.userId}@example.test`;
  await owner`
    update customers set email = ${email}, invoice_recipients = ${[copy]} where id = ${customer.customerId}`;
  await makeInvoice(world, customer, 2_340n);
  await deliver();
  return { ...customer, email, mailId: lastMailId() };
}

/** What stands of it in the customer's inbox and on staff's desk. */
async function standing({ actor, customerId }: TestCustomer) {
  const [notice] = (await showInbox(actor, {}, world)).rows;
  const tasks =
    await owner`select kind, done_at is null as is_open from tasks where customer_id = ${customerId}`;
  const failures = notice?.failures.map(({ address, isCopy, kind, reason }) => [
    address,
    isCopy,
    kind,
    reason,
  ]);
  return { state: notice?.state, failures, tasks: tasks.map((task) => [task.kind, task.is_open]) };
}

const noUser = (address: string) =>
  `550 5.1.1 <${address}>: Recipient address rejected: User unknown in virtual mailbox table`;

describe("a report of a mail that came back", () => {
  it("marks the mail with the server's sentence and is a task for staff, once however often it comes", async () => {
    const customer = await reminded();
    const report = postfixBounce(customer.mailId, customer.email);
    expect(await handIn(report)).toEqual({ kind: "recorded", status: 200 });
    const expected = {
      state: "bounced",
      failures: [[customer.email, false, "bounced", noUser(customer.email)]],
      tasks: [["mail_undeliverable", true]],
    };
    expect(await standing(customer)).toEqual(expected);
    expect((await showSettings(customer.actor, world)).unreached).toMatchObject([
      { address: customer.email },
    ]);
    await owner`update tasks set done_at = now() where customer_id = ${customer.customerId}`;
    expect(await handIn(report)).toEqual({ kind: "recorded", status: 200 });
    expect(await standing(customer)).toEqual({ ...expected, tasks: [["mail_undeliverable", false]] });
  });

  it("counts when it comes before the mail server's own answer", async () => {
    meanwhile = async (mail) => {
      const to = typeof mail.to === "string" ? mail.to : mail.to.address;
      expect((await handIn(postfixBounce(mail.id ?? "", to))).kind).toBe("recorded");
    };
    expect(await standing(await reminded())).toMatchObject({
      state: "bounced",
      tasks: [["mail_undeliverable", true]],
    });
  });

  it("only notes a delay, and then that it came back all the same", async () => {
    const customer = await reminded();
    expect((await handIn(exchangeDelay(customer.mailId, customer.email))).kind).toBe("recorded");
    const delayed = [customer.email, false, "delayed", "4.4.7"];
    expect(await standing(customer)).toEqual({ state: "sent", failures: [delayed], tasks: [] });
    await handIn(exchangeBounce(customer.mailId, customer.email, "elsewhere@corp.example"));
    expect(await standing(customer)).toMatchObject({
      state: "bounced",
      failures: [[customer.email, false, "bounced", expect.any(String)]],
    });
    await handIn(exchangeDelay(customer.mailId, customer.email));
    expect(await standing(customer)).toMatchObject({
      state: "bounced",
      failures: [[customer.email, false, "bounced", expect.stringContaining("mailbox full")]],
    });
  });

  it("of a copy is told to the customer, and alarms nobody", async () => {
    const customer = await reminded();
    await handIn(
      bounceOf(customer.mailId, [{ address: copy, action: "failed", sentence: "550 no such user" }]),
    );
    expect(await standing(customer)).toEqual({
      state: "sent",
      failures: [[copy, true, "bounced", "550 no such user"]],
      tasks: [],
    });
    expect((await showSettings(customer.actor, world)).unreached).toMatchObject([
      { address: copy, isCopy: true },
    ]);
    await owner`update customers set invoice_recipients = '{}' where id = ${customer.customerId}`;
    expect((await showSettings(customer.actor, world)).unreached).toEqual([]);
  });

  it("is about the sending that it names, and not about the one that followed", async () => {
    const customer = await reminded();
    await owner`
      update notices set state = 'waiting', sending = sending + 1 where customer_id = ${customer.customerId}`;
    await owner`update outbox set handled_at = null where customer_id = ${customer.customerId}`;
    await deliver();
    expect(lastMailId()).toBe(`${customer.mailId}.2`);
    expect((await handIn(postfixBounce(customer.mailId, customer.email))).kind).toBe("unknown");
    expect(await standing(customer)).toEqual({ state: "sent", failures: [], tasks: [] });
    expect((await handIn(postfixBounce(`${customer.mailId}.2`, customer.email))).kind).toBe("recorded");
    expect((await standing(customer)).state).toBe("bounced");
  });

  it("changes nothing if it is of no mail of ours, or no report at all", async () => {
    const customer = await reminded();
    const before = await standing(customer);
    for (const message of [
      postfixBounce("019aaaaa-0000-7000-8000-000000000001", customer.email),
      postfixBounce("reset-7", customer.email),
      postfixBounce(customer.mailId, customer.email).replace("Action: failed", "Action: relayed"),
      "Subject: I am on holiday\r\n\r\nUntil Monday.",
      "",
    ])
      expect(await handIn(message)).toEqual({ kind: "unknown", status: 202 });
    expect(await standing(customer)).toEqual(before);
  });
});

/** As strangers write them: each keeps a parser busy for minutes, or ends it. */
const hostile: [string, string][] = [
  ["900 kB of recipients", `To: ${"a@b.c,".repeat(150_000)}\r\n\r\nHello`],
  ["150,000 header lines", `${"a: b\r\n".repeat(150_000)}\r\nHello`],
  ["15,000 nested parts", "content-type: multipart/mixed; boundary=x\r\n\r\n--x\r\n".repeat(15_000)],
  [
    "a recipient's field of 500 kB",
    postfixBounce("reset-7", "ada@example.com").replace("Action: failed", `To: ${"a@b.c,".repeat(80_000)}`),
  ],
  [
    "the mail that it is about with a head of 500 kB",
    postfixBounce("reset-7", "ada@example.com").replace(
      /^Message-ID:(?= <reset-7)/m,
      `To: ${"a@b.c,".repeat(80_000)}\r\nMessage-ID:`,
    ),
  ],
];

describe("a message that keeps its reader busy", () => {
  it.each(hostile)("is accepted, shown to staff, and holds nobody up: %s", async (_what, message) => {
    await owner`update tasks set done_at = now() where kind = 'bounce_unreadable'`;
    const customer = await reminded();
    const [bad, good, again] = await Promise.all([
      handIn(message),
      handIn(postfixBounce(customer.mailId, customer.email)),
      handIn(message),
    ]);
    expect([bad, again]).toEqual(Array(2).fill({ kind: "unreadable", status: 202 }));
    expect(good.kind).toBe("recorded");
    const tasks =
      await owner`select subject_id, detail from tasks where kind = 'bounce_unreadable' and done_at is null`;
    expect(tasks).toHaveLength(1);
    expect(tasks[0]?.detail).toMatchObject({ bytes: String(message.length), reason: expect.any(String) });
    expect(message.startsWith(tasks[0]?.detail.begin.slice(0, 4))).toBe(true);
  });

  it("is a task until ten are open, and then in the log alone", async () => {
    await owner`update tasks set done_at = now() where kind = 'bounce_unreadable'`;
    for (let nth = 1; nth <= 12; nth += 1) {
      expect(await handIn(`To: ${nth}${"a@b.c,".repeat(20_000)}\r\n\r\n`)).toMatchObject({ status: 202 });
    }
    const open = await owner`select 1 from tasks where kind = 'bounce_unreadable' and done_at is null`;
    expect(open).toHaveLength(10);
  });
});

describe("who hands in a report", () => {
  it("knows the secret, in either of the two ways, or changes nothing", async () => {
    const customer = await reminded();
    const report = postfixBounce(customer.mailId, customer.email);
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    for (const given of [
      null,
      "",
      secret,
      "Bearer",
      "Bearer x",
      `Bearer ${secret.toUpperCase()}`,
      basic(`x:${secret}x`),
      basic(secret.slice(1)),
    ])
      expect(await handIn(report, given)).toEqual({ kind: "refused", status: 401 });
    expect((await standing(customer)).state).toBe("sent");
    expect((await handIn(report, basic(`anybody:${secret}`))).kind).toBe("recorded");
    expect((await standing(customer)).state).toBe("bounced");
  });

  it("finds no such route where the host has set no secret, and may not send a flood", async () => {
    const body = () => new Response(new Uint8Array(reportMostBytes + 1)).body;
    for (const authorization of [null, "Bearer ", "Bearer null"])
      expect(await receiveBounce(world, null, { body: body(), authorization })).toMatchObject({
        status: 404,
      });
    const large = await receiveBounce(world, secret, { body: body(), authorization: `Bearer ${secret}` });
    expect(large).toEqual({ kind: "refused", status: 413 });
  });
});

it("a copy that the mail server refuses is noted with the mail, which has arrived for all that", async () => {
  refusedReason = "550 5.7.1 not here";
  const customer = await reminded();
  expect(await standing(customer)).toEqual({
    state: "sent",
    failures: [[copy, true, "refused", "550 5.7.1 not here"]],
    tasks: [],
  });
  expect((await showSettings(customer.actor, world)).unreached).toMatchObject([
    { address: copy, isCopy: true, kind: "refused" },
  ]);
});
