import { type AddressInfo, connect, createServer } from "node:net";
import { text as readText } from "node:stream/consumers";
import fc from "fast-check";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createMailer, type Mailer } from "./mailer";

interface Taken {
  from: string;
  to: string[];
  raw: string;
  mail: ParsedMail;
}

const taken: Taken[] = [];
let server: SMTPServer;
let smtpUrl: string;
let mailer: Mailer;

beforeEach(async () => {
  taken.length = 0;
  server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    onRcptTo: ({ address }, _session, answer) => {
      const codes: Record<string, number> = { "nobody@example.com": 550, "later@example.com": 451 };
      const responseCode = codes[address.toLowerCase()];
      answer(responseCode ? Object.assign(new Error("no"), { responseCode }) : null);
    },
    onData: (stream, session, answer) => {
      readText(stream)
        .then(async (raw) => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          const { mailFrom } = session.envelope;
          taken.push({ from: mailFrom ? mailFrom.address : "", to, raw, mail: await simpleParser(raw) });
        })
        .then(() => answer(null), answer);
    },
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  smtpUrl = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  mailer = createMailer({ smtpUrl, mailFrom: "Ducky Cloud <billing@ducky.example>" });
});

afterEach(() => new Promise<void>((closed) => server.close(closed)));

/** The same server under an address of this machine that does not say so, as another machine has. */
async function otherMachine(): Promise<string> {
  const { port } = server.server.address() as AddressInfo;
  const door = createServer((socket) => void socket.pipe(connect(port, "127.0.0.1")).pipe(socket));
  await new Promise<void>((listening) => door.listen(0, "127.0.0.2", listening));
  onTestFinished(() => void door.close());
  return `smtp://127.0.0.2:${(door.address() as AddressInfo).port}`;
}

const plain = { to: "ann@example.com", subject: "Invoice 7", text: "due" };

describe("mail", () => {
  test("arrives with its text, its HTML and an id of its own", async () => {
    const sent = await mailer.sendMail({ ...plain, html: "<p>due</p>", id: "reminder-7" });
    expect(sent).toEqual({ ok: true, value: { messageId: "<reminder-7@ducky.example>" } });
    expect(taken).toHaveLength(1);
    const { mail, to } = taken[0] as Taken;
    expect(to).toEqual(["ann@example.com"]);
    expect(mail.from?.text).toBe('"Ducky Cloud" <billing@ducky.example>');
    expect([mail.subject, mail.text, mail.html]).toEqual(["Invoice 7", "due", "<p>due</p>"]);
    expect(mail.messageId).toBe("<reminder-7@ducky.example>");
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
  });

  test("carries the papers it is about", async () => {
    const content = Buffer.from("%PDF-1.7 paper");
    await mailer.sendMail({ ...plain, attachments: [{ fileName: "invoice-INV-7.pdf", content }] });
    const [paper, ...others] = taken[0]?.mail.attachments ?? [];
    expect(others).toEqual([]);
    expect(paper).toMatchObject({ filename: "invoice-INV-7.pdf", contentType: "application/pdf" });
    expect(paper?.content.equals(content)).toBe(true);
  });

  test("comes back to who sent it, or to the address that is for that", async () => {
    await mailer.sendMail(plain);
    const bouncing = createMailer({
      smtpUrl,
      mailFrom: "Ducky Cloud <billing@ducky.example>",
      mailBounceAddress: "bounces@ducky.example",
    });
    await bouncing.sendMail(plain);
    expect(taken.map(({ from, to, mail }) => [from, to, mail.from?.text])).toEqual([
      ["billing@ducky.example", ["ann@example.com"], '"Ducky Cloud" <billing@ducky.example>'],
      ["bounces@ducky.example", ["ann@example.com"], '"Ducky Cloud" <billing@ducky.example>'],
    ]);
  });

  test("carries names and subjects of every script", async () => {
    await mailer.sendMail({
      ...plain,
      to: { name: '王小明 "鸭" 🦆', address: "wang@example.com" },
      subject: "发票 🦆",
    });
    expect(taken[0]?.mail.subject).toBe("发票 🦆");
    expect(taken[0]?.mail.to).toMatchObject({
      value: [{ name: '王小明 "鸭" 🦆', address: "wang@example.com" }],
    });
  });

  test.each([
    ["a line end in the name", { to: { name: "A\r\nBcc: x@example.com", address: "a@example.com" } }, "to"],
    ["a line end in the address", { to: "a@example.com\r\nBcc: x@example.com" }, "to"],
    ["two addresses", { to: "a@example.com, x@example.com" }, "to"],
    ["a name where an address is meant", { to: "A <a@example.com>" }, "to"],
    ["no address", { to: "" }, "to"],
    ["a line end in the subject", { subject: "x\nBcc: x@example.com" }, "subject"],
    ["Unicode's line end in the subject", { subject: "x\u2028y" }, "subject"],
    ["a line end in the id", { id: "x>\r\nBcc: x" }, "id"],
  ])("with %s is refused, and nothing is sent", async (_what, part, field) => {
    expect(await mailer.sendMail({ ...plain, ...part })).toEqual({
      ok: false,
      refusal: { code: "mail_not_safe", field },
    });
    expect(taken).toEqual([]);
  });

  test("goes to nobody else and has no other headers, whatever name, subject and text are", async () => {
    await mailer.sendMail(plain);
    const usual = headerNames(taken[0]);
    const odd = fc.string({
      unit: fc.constantFrom("\r", "\n", ":", "<", ">", ",", "@", '"', "\\", "x", "é", "Bcc: y@example.com"),
    });
    await fc.assert(
      fc.asyncProperty(odd, odd, odd, async (name, subject, text) => {
        taken.length = 0;
        const sent = await mailer.sendMail({ to: { name, address: "ann@example.com" }, subject, text });
        expect(taken).toHaveLength(sent.ok ? 1 : 0);
        if (!sent.ok) return;
        expect(taken[0]?.to).toEqual(["ann@example.com"]);
        expect(usual).toEqual(expect.arrayContaining(headerNames(taken[0])));
      }),
      { numRuns: 60 },
    );
  });

  test("that the server will never take is told from one to try again", async () => {
    expect(await mailer.sendMail({ ...plain, to: "nobody@example.com" })).toMatchObject({
      refusal: { code: "mail_refused", reason: expect.stringContaining("550") },
    });
    expect(await mailer.sendMail({ ...plain, to: "later@example.com" })).toMatchObject({
      refusal: { code: "mail_not_taken", isOfThisOne: true },
    });
  });

  test("without a server is to be tried again", async () => {
    await new Promise<void>((closed) => server.close(closed));
    expect(await mailer.sendMail(plain)).toMatchObject({
      refusal: { code: "mail_not_taken", isOfThisOne: false },
    });
  });

  test("sends no password unencrypted to another machine", async () => {
    const url = (await otherMachine()).replace("//", "//user:secret@");
    for (const end of ["", "?tls=optional"]) {
      const far = createMailer({ smtpUrl: `${url}${end}`, mailFrom: "a@example.com" });
      const { refusal } = (await far.sendMail(plain)) as { refusal: { code: string; reason: string } };
      expect(refusal.code).toBe("mail_not_taken");
      expect(refusal.reason).toMatch(/TLS/);
      expect(refusal.reason).not.toContain("secret");
    }
    expect(taken).toEqual([]);
  });

  test("sends no mail unencrypted to another machine, unless its address says so", async () => {
    const url = await otherMachine();
    const far = (end: string) => createMailer({ smtpUrl: `${url}${end}`, mailFrom: "a@example.com" });
    expect(await far("").sendMail(plain)).toMatchObject({ refusal: { code: "mail_not_taken" } });
    expect(taken).toEqual([]);
    expect(await far("?tls=optional").sendMail(plain)).toMatchObject({ ok: true });
  });
});

function headerNames(sent: Taken | undefined): string[] {
  const head = (sent?.raw ?? "").split("\r\n\r\n", 1)[0] ?? "";
  return [
    ...new Set(head.split(/\r\n(?![ \t])/).map((line) => (line.split(":", 1)[0] ?? "").toLowerCase())),
  ].sort();
}
