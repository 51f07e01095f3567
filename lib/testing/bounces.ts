/** Delivery reports in the shapes that well-known mail servers write, about the mail of an id. */

const domain = "ducky.example";

export interface ReportedRecipient {
  readonly address: string;
  readonly action: "failed" | "delayed";
  readonly sentence: string;
}

export function postfixBounce(mailId: string, address: string): string {
  return report({
    from: "MAILER-DAEMON@mx.example.net (Mail Delivery System)",
    subject: "Undelivered Mail Returned to Sender",
    about: [
      "Reporting-MTA: dns; mx.example.net",
      "X-Postfix-Queue-ID: B0A1D2",
      "X-Postfix-Sender: rfc822; bounces@ducky.example",
    ],
    recipients: [
      [
        `Final-Recipient: rfc822; ${address}`,
        `Original-Recipient: rfc822;${address}`,
        "Action: failed",
        "Status: 5.1.1",
        "Remote-MTA: dns; mail.example.com",
        `Diagnostic-Code: smtp; 550 5.1.1 <${address}>: Recipient address rejected:`,
        "    User unknown in virtual mailbox table",
      ],
    ],
    returned: { type: "message/rfc822", text: mailWith(mailId, "Hello Ada,\n\nthe invoice is due.") },
  });
}

export function eximBounce(mailId: string, addresses: readonly string[]): string {
  return report({
    from: "Mail Delivery System <Mailer-Daemon@relay.example.org>",
    subject: "Mail delivery failed: returning message to sender",
    headers: [`X-Failed-Recipients: ${addresses.join(",\n  ")}`, "Auto-Submitted: auto-replied"],
    about: ["Reporting-MTA: dns; relay.example.org"],
    recipients: addresses.map((address) => [
      "Action: failed",
      `Final-Recipient: rfc822;${address}`,
      "Status: 5.0.0",
      "Remote-MTA: dns; mx.example.com",
      "Diagnostic-Code: smtp; 550 relay not permitted",
    ]),
    returned: { type: "text/rfc822-headers", text: mailWith(mailId, null) },
  });
}

export function exchangeBounce(mailId: string, sentTo: string, endedAt: string): string {
  return report({
    from: "postmaster@corp.example",
    subject: "Undeliverable: Your invoice",
    headers: [`In-Reply-To: <${mailId}@${domain}>`, `References: <${mailId}@${domain}>`],
    about: ["Reporting-MTA: dns;EX01.corp.example", "Received-From-MTA: dns;mx.corp.example"],
    recipients: [
      [
        `Original-Recipient: rfc822;${sentTo}`,
        `Final-Recipient: rfc822;${endedAt}`,
        "Action: failed",
        "Status: 5.2.2",
        "Diagnostic-Code: smtp;550 5.2.2 mailbox full;",
        "\tSTOREDRV.Deliver.Exception:QuotaExceededException",
        `X-Display-Name: Ada Lovell`,
      ],
    ],
    returned: { type: "message/rfc822", text: mailWith(mailId, "Hello Ada,") },
  });
}

/** Without the mail, nor a sentence of the other server. */
export function exchangeDelay(mailId: string, address: string): string {
  return report({
    from: "postmaster@corp.example",
    subject: "Delivery delayed: Your invoice",
    headers: [`In-Reply-To: <${mailId}@${domain}>`],
    about: ["Reporting-MTA: dns;EX01.corp.example"],
    recipients: [
      [
        `Final-Recipient: rfc822;${address}`,
        "Action: delayed",
        "Status: 4.4.7",
        "Will-Retry-Until: Sat, 28 Nov 2026 10:00:00 +0000",
      ],
    ],
    returned: null,
  });
}

/** A report about these recipients; sentences longer than `foldAt` signs go on in a further line, at a space. */
export function bounceOf(mailId: string, given: readonly ReportedRecipient[], foldAt = 78): string {
  return report({
    from: "postmaster@relay.example.org",
    subject: "Delivery Status Notification",
    about: ["Reporting-MTA: dns; relay.example.org"],
    recipients: given.map(({ address, action, sentence }) => [
      `Final-Recipient: rfc822; ${address}`,
      `Action: ${action}`,
      `Status: ${action === "failed" ? "5.1.1" : "4.4.1"}`,
      `Diagnostic-Code: smtp; ${folded(sentence, foldAt)}`,
    ]),
    returned: { type: "message/rfc822", text: mailWith(mailId, "Hello,") },
  });
}

function folded(sentence: string, foldAt: number): string {
  const space = sentence.indexOf(" ", foldAt);
  return space < 0 ? sentence : `${sentence.slice(0, space)}\n   ${sentence.slice(space + 1)}`;
}

function mailWith(mailId: string, body: string | null): string {
  const head = [
    "Received: from portal.ducky.example by mx.example.net; Thu, 26 Nov 2026 09:59:00 +0000",
    "From: Ducky Cloud <billing@ducky.example>",
    "To: Ada Lovell <ada@example.com>",
    "Subject: Your invoice",
    `Message-ID: <${mailId}@${domain}>`,
    "Auto-Submitted: auto-generated",
    "Content-Type: text/plain; charset=utf-8",
  ];
  return `${head.join("\n")}\n\n${body ?? ""}`;
}

function report(given: {
  from: string;
  subject: string;
  headers?: readonly string[];
  about: readonly string[];
  recipients: readonly (readonly string[])[];
  returned: { type: string; text: string } | null;
}): string {
  const boundary = "=_report.1732612800/mx";
  const parts = [
    [
      "Content-Type: text/plain; charset=us-ascii",
      "Your message could not be delivered as it should have been.",
    ],
    [
      "Content-Type: message/delivery-status",
      [given.about, ...given.recipients].map((lines) => lines.join("\n")).join("\n\n"),
    ],
    ...(given.returned ? [[`Content-Type: ${given.returned.type}`, given.returned.text]] : []),
  ];
  const head = [
    "Return-Path: <>",
    `From: ${given.from}`,
    "To: bounces@ducky.example",
    `Subject: ${given.subject}`,
    "Date: Thu, 26 Nov 2026 10:00:00 +0000",
    "Message-Id: <20261126100000.B0A1D2@mx.example.net>",
    ...(given.headers ?? []),
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="${boundary}"`,
  ];
  const body = parts.map(([type, text]) => `--${boundary}\n${type}\n\n${text}\n`).join("\n");
  return `${head.join("\n")}\n\n${body}\n--${boundary}--\n`.replaceAll("\n", "\r\n");
}
