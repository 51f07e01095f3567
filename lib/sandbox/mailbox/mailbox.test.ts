import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTransport, type SendMailOptions } from "nodemailer";
import { afterEach, describe, expect, test } from "vitest";
import { type Mailbox, type MailboxOptions, startMailbox } from "./mailbox";
import { style } from "./style";

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function open(options: MailboxOptions = {}): Promise<Mailbox> {
  const mailbox = await startMailbox(options);
  opened.push(mailbox.close);
  return mailbox;
}

async function send(mailbox: Mailbox, mail: SendMailOptions): Promise<void> {
  const transport = createTransport(mailbox.smtpUrl);
  await transport.sendMail({ from: "Ducky <a@example.com>", to: "b@example.com", ...mail });
}

async function get(mailbox: Mailbox, where: string, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(where, mailbox.url), { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("the demo's mailbox", () => {
  test("has a mail as soon as its sender was told so, the newest first", async () => {
    const mailbox = await open();
    await send(mailbox, { subject: "one", text: "first" });
    await send(mailbox, { subject: "二", text: "second", html: "<p>second</p>", bcc: "c@example.com" });
    expect(mailbox.messages()).toMatchObject([
      { subject: "二", to: ["b@example.com", "c@example.com"], text: "second", html: "<p>second</p>" },
      { subject: "one", to: ["b@example.com"], from: expect.stringContaining("a@example.com"), html: null },
    ]);
  });

  test("lists and shows mails as text, with links that can be followed", async () => {
    const mailbox = await open();
    await send(mailbox, { subject: "<b>Reset</b>", text: 'go to https://example.com/reset/x"y <script>' });
    const list = await get(mailbox, "/");
    expect(list.text).toContain("&lt;b&gt;Reset&lt;/b&gt;");
    const shown = await get(mailbox, `/mails/${mailbox.messages()[0]?.id}`);
    expect(shown.text).toContain('<a href="https://example.com/reset/x" target="_blank"');
    expect(shown.text).toContain("&lt;script&gt;");
    expect(shown.text).not.toContain("<script");
    expect(shown.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("leaves the background of a mail's own markup to the mail: its text is light on a dark screen", () => {
    expect(style).toMatch(/^iframe \{/m);
    expect(style).not.toMatch(/^iframe \{[^}]*background/m);
  });

  test("shows a mail's own markup only in a sandbox without scripts", async () => {
    const mailbox = await open();
    await send(mailbox, {
      subject: "x",
      text: "x",
      html: "<html><head></head><body><script>1</script></body></html>",
    });
    const id = mailbox.messages()[0]?.id;
    expect((await get(mailbox, `/mails/${id}`)).text).toMatch(/<iframe sandbox="allow-popups[a-z -]*" src=/);
    const framed = await get(mailbox, `/mails/${id}/html`);
    expect(framed.text).toContain('<base target="_blank">');
    const policy = framed.headers.get("content-security-policy");
    expect(policy).toMatch(/default-src 'none'.*; sandbox allow-popups allow-popups-to-escape-sandbox$/);
    expect(policy).not.toContain("script");
  });

  test.each(["in memory", "after a restart"])(
    "lists the files that came with a mail, and opens each, %s",
    async (where) => {
      const dataDir = await mkdtemp(path.join(tmpdir(), "mallard mailbox "));
      opened.push(() => rm(dataDir, { recursive: true }));
      const pdf = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(41_991, 7)]);
      const markup = "<script>alert(1)</script>";
      const attachments = [
        { filename: "Rechnung Gänse & Söhne.pdf", content: pdf },
        { filename: '"><b>\u2028.html', content: markup, contentType: "text/html" },
      ];
      const first = await startMailbox({ dataDir: where === "in memory" ? null : dataDir });
      await send(first, { subject: "papers", text: "x", attachments });
      await send(first, { subject: "none", text: "x" });
      if (where === "in memory") opened.push(first.close);
      else await first.close();
      const mailbox = where === "in memory" ? first : await open({ dataDir });

      const [none, mail] = mailbox.messages();
      expect(none?.files).toEqual([]);
      expect(mail?.files).toMatchObject([
        { name: "Rechnung Gänse & Söhne.pdf", bytes: 42_000 },
        { bytes: markup.length },
      ]);
      expect((await get(mailbox, "/")).text.match(/2 attachments/g)).toHaveLength(1);
      expect((await get(mailbox, `/mails/${none?.id}`)).text).not.toContain("Attachments");
      const shown = (await get(mailbox, `/mails/${mail?.id}`)).text;
      expect(shown).toContain('Rechnung Gänse &amp; Söhne.pdf</a> <span class="files">42 kB');
      expect(shown).not.toContain("<b>");

      const paper = await fetch(new URL(`/mails/${mail?.id}/files/0`, mailbox.url));
      expect(Buffer.from(await paper.arrayBuffer()).equals(pdf)).toBe(true);
      expect(paper.headers.get("content-type")).toBe("application/pdf");
      expect(paper.headers.get("content-disposition")).toBe(
        "inline; filename*=UTF-8''Rechnung%20G%C3%A4nse%20%26%20S%C3%B6hne.pdf",
      );
      const page = await get(mailbox, `/mails/${mail?.id}/files/1`);
      expect(page.text).toBe(markup);
      expect(page.headers.get("content-type")).toBe("application/octet-stream");
      expect(page.headers.get("content-disposition")).toMatch(/^attachment; filename\*=UTF-8''[\w%.-]+$/);
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(page.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await get(mailbox, `/mails/${mail?.id}/files/2`)).status).toBe(404);
      expect((await get(mailbox, `/mails/${none?.id}/files/0`)).status).toBe(404);
    },
  );

  test("speaks the browser's language", async () => {
    const mailbox = await open();
    expect((await get(mailbox, "/", { "accept-language": "zh-CN,en;q=0.5" })).text).toContain("还没有邮件");
    expect((await get(mailbox, "/", { "accept-language": "fr" })).text).toContain("No mail yet");
  });

  test("knows nothing of what is not there", async () => {
    const mailbox = await open();
    await send(mailbox, { subject: "x", text: "only text" });
    const id = mailbox.messages()[0]?.id;
    for (const where of [
      "/mails/x",
      `/mails/${"0".repeat(36)}`,
      `/mails/${id}/html`,
      "/mails/../../etc",
      "/x",
    ]) {
      expect((await get(mailbox, where)).status).toBe(404);
    }
  });

  test("gives other programs the same as JSON", async () => {
    const mailbox = await open();
    await send(mailbox, { subject: "x", text: "y" });
    expect(JSON.parse((await get(mailbox, "/mails.json")).text)).toMatchObject([{ subject: "x", text: "y" }]);
  });

  test("refuses a page of another name that resolves to this machine", async () => {
    const mailbox = await open();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(mailbox.url, { headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test("refuses a mail that is too large, and takes the next", async () => {
    const mailbox = await open();
    await expect(send(mailbox, { text: "x".repeat(6 * 1024 * 1024) })).rejects.toThrow(/552/);
    await send(mailbox, { subject: "small" });
    expect(mailbox.messages().map(({ subject }) => subject)).toEqual(["small"]);
  });

  test("keeps its mails over a restart, and no more than it says", async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "mallard mailbox "));
    opened.push(() => rm(dataDir, { recursive: true }));
    const keep = 5;
    const first = await startMailbox({ dataDir, keep });
    const transport = createTransport(`${first.smtpUrl}/?pool=true`);
    for (let number = 1; number <= keep + 2; number += 1) {
      await transport.sendMail({ from: "a@example.com", to: "b@example.com", subject: `mail ${number}` });
    }
    transport.close();
    const before = first.messages();
    await first.close();
    const second = await open({ dataDir, keep });
    expect(second.messages()).toEqual(before);
    expect(before).toHaveLength(keep);
    expect(before[0]?.subject).toBe(`mail ${keep + 2}`);
  });
});
