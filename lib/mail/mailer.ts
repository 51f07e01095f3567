import { createTransport } from "nodemailer";
import type { Options as PoolOptions } from "nodemailer/lib/smtp-pool";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { Settings } from "@/lib/kernel/settings";

export interface Mail {
  /** One address, alone or with the person's name. */
  readonly to: string | Recipient;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** The papers it is about. */
  readonly attachments?: readonly Attachment[];
  /** What further addresses get, each in a mail of its own: who sends the mail sends them after it. */
  readonly copies?: Copies;
  /** Its text for the portal's inbox, where it says less; the same where it is not given. */
  readonly inboxText?: string;
  /** The address of its main link, for the portal's inbox. */
  readonly link?: string;
  /** Names the mail for good, so that a second try of the same one can be recognised: letters, digits, dot, dash. */
  readonly id?: string;
}

export interface Recipient {
  readonly address: string;
  readonly name: string;
}

export interface Attachment {
  readonly fileName: string;
  /** PDF. */
  readonly content: Uint8Array;
}

/** The same mail for others: its links do not pay from the balance. */
export interface Copies {
  readonly addresses: readonly string[];
  readonly text: string;
  readonly html: string;
}

export type MailRefusal =
  /** Would have been a second header line, or is no address. Nothing was sent. */
  | { code: "mail_not_safe"; field: "to" | "subject" | "id" }
  /** The mail server will not take it, now or later. */
  | { code: "mail_refused"; reason: string }
  /** Nobody took it: try again. `isOfThisOne` if the server spoke of this mail, as of a full mailbox; others it may take. */
  | { code: "mail_not_taken"; reason: string; isOfThisOne: boolean };

export interface Mailer {
  /** Hands a mail to the server, without its copies. When this succeeds, delivery is the server's duty. */
  sendMail(mail: Mail): Promise<Result<SentMail, MailRefusal>>;
}

export interface SentMail {
  readonly messageId: string;
}

/** How mail leaves: by which server, in whose name, and where it comes back to. */
type MailSettings = Pick<Settings, "smtpUrl" | "mailFrom"> & Partial<Pick<Settings, "mailBounceAddress">>;

/**
 * Sends over SMTP_URL in the name of MAIL_FROM; what cannot be delivered comes back to MAIL_BOUNCE_ADDRESS. Mail only travels encrypted, except
 * to this machine, or to a server without a login whose address ends in ?tls=optional.
 * Mails that follow each other share a connection.
 */
export function createMailer({ smtpUrl, mailFrom, mailBounceAddress = null }: MailSettings): Mailer {
  const withTransport = sharedTransport(smtpUrl, mailFrom);
  const domain = /@([^\s@<>]+)>?$/.exec(mailFrom)?.[1] ?? "localhost";
  return {
    sendMail: async ({ to, subject, text, html, attachments = [], id }) => {
      const recipient = typeof to === "string" ? { name: "", address: to } : to;
      const unsafe = unsafeField(recipient, subject, id);
      if (unsafe) return refuse({ code: "mail_not_safe", field: unsafe });
      const messageId = id === undefined ? undefined : `<${id}@${domain}>`;
      try {
        const sent = await withTransport((transport) =>
          transport.sendMail({
            to: recipient,
            subject,
            text,
            html,
            attachments: attachments.map(({ fileName, content }) => ({
              filename: fileName,
              content: Buffer.from(content),
              contentType: "application/pdf",
            })),
            messageId,
            ...(mailBounceAddress !== null && {
              envelope: { from: mailBounceAddress, to: [recipient.address] },
            }),
          }),
        );
        return ok({ messageId: sent.messageId });
      } catch (error) {
        return refuse(refusalOf(error));
      }
    },
  };
}

/** Long enough for the next mail of a pass, short enough that no server has to end what nobody uses. */
const restMs = 250;

/** Connections are kept while mails follow each other, and closed once nobody has sent for a moment. */
function sharedTransport(smtpUrl: string, mailFrom: string) {
  let transport: ReturnType<typeof openTransport> | null = null;
  let sending = 0;
  let resting: NodeJS.Timeout | undefined;
  function rest(): void {
    transport?.close();
    transport = null;
  }
  return async <T>(send: (transport: ReturnType<typeof openTransport>) => Promise<T>): Promise<T> => {
    clearTimeout(resting);
    sending += 1;
    transport ??= openTransport(smtpUrl, mailFrom);
    try {
      return await send(transport);
    } finally {
      sending -= 1;
      // It keeps no process alive: an open connection does, until it fires.
      if (sending === 0) resting = setTimeout(rest, restMs).unref();
    }
  };
}

function openTransport(smtpUrl: string, mailFrom: string) {
  // The types do not know maxRequeues yet.
  const options: PoolOptions & { maxRequeues: number } = {
    ...connectionOf(smtpUrl),
    pool: true,
    // Whether a mail whose connection broke was taken, nobody knows: the outbox tries again, and counts it.
    maxRequeues: 0,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // A mail is what its fields say: never the content of a file or an address named in one.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return createTransport(options, { from: mailFrom, headers: { "Auto-Submitted": "auto-generated" } });
}

function connectionOf(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const secure = url.protocol === "smtps:";
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  const auth = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : undefined;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    // A mail's links let people in and pay: beyond this machine they are sealed, unless the host says otherwise.
    requireTLS: !isLocal && (auth !== undefined || url.searchParams.get("tls") !== "optional"),
    auth,
  };
}

/** Line ends and other controls have no place in a header; two addresses none where one is meant. */
function unsafeField({ name, address }: Recipient, subject: string, id: string | undefined) {
  const control = /[\p{Cc}\p{Zl}\p{Zp}]/u;
  if (control.test(name) || !isOneAddress(address)) return "to";
  if (control.test(subject)) return "subject";
  return id === undefined || /^[A-Za-z0-9.-]{1,200}$/.test(id) ? null : "id";
}

function isOneAddress(text: string): boolean {
  return /^[^\s@<>,;:"\\()[\]\p{Cc}]+@[^\s@<>,;:"\\()[\]\p{Cc}]+$/u.test(text);
}

/** What the server itself said, where it said anything. */
function sentenceOf(error: unknown): string {
  const said = (error ?? {}) as { message?: string; response?: string; code?: string };
  const { message = "", response = message } = said;
  // That a server does not know STARTTLS says nothing to who reads it.
  return (said.code === "ETLS" ? message : response)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .slice(0, 300);
}

/** What a server answers who wants another login, or TLS before: RFC 4954, section 6; RFC 3207. */
const ofLogin = new Set([530, 534, 535, 538]);

function refusalOf(error: unknown): MailRefusal {
  const { code, responseCode } = error as Error & { code?: string; responseCode?: number };
  const reason = sentenceOf(error);
  // A login that the server misses or does not know, or TLS that it does not speak, is our mistake, and can be mended.
  const isOurs = code === "EAUTH" || code === "ETLS" || ofLogin.has(responseCode ?? 0);
  const isFinal = responseCode !== undefined && responseCode >= 500 && !isOurs;
  if (isFinal) return { code: "mail_refused", reason };
  // 421 is the server going away, whatever it was asked.
  const isOfThisOne =
    responseCode !== undefined && responseCode !== 421 && (code === "EENVELOPE" || code === "EMESSAGE");
  return { code: "mail_not_taken", reason, isOfThisOne };
}
