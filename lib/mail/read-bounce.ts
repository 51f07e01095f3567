import { type Headers, type ParsedMail, simpleParser } from "mailparser";

/** What a mail server reports of a mail that it took and could not deliver, or not yet (RFC 3464). */
export interface Bounce {
  /** The ids (`Mail.id`) of the mails that it may be about, the likeliest first. Whose they are, the reader checks. */
  readonly mailIds: readonly string[];
  /** At least one. */
  readonly recipients: readonly BouncedRecipient[];
}

export interface BouncedRecipient {
  /** In lower case: the address that the mail ended at, and the one it was sent to where they differ. At least one. */
  readonly addresses: readonly string[];
  /** `failed` is for good; `delayed` is still being tried. */
  readonly outcome: "failed" | "delayed";
  /** The server's own sentence, in one line; "" where it gives none. */
  readonly reason: string;
}

/** More are not read: a mail of ours has a handful of recipients. */
const recipientsMost = 100;
/** A head is some kB, and a report has three parts. What has more of either was written to keep its reader busy. */
const headMost = 64_000;
const groupMost = 8_000;
const partsMost = 200;

/** Not to be read. The message says why. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/**
 * Reads a delivery report from the raw message that carries it. Null for what is none: an answer, a holiday note, a report
 * of success, or prose that no machine can read. Nothing of it is trusted: anybody may write such a message. Throws
 * Unreadable, and what the parser throws.
 */
export async function readBounce(raw: Buffer): Promise<Bounce | null> {
  assertReadable(raw);
  const report = await simpleParser(raw, {
    keepDeliveryStatus: true,
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
  });
  const parts = report.attachments;
  const status = parts.find(({ contentType }) => /^message\/(global-)?delivery-status$/.test(contentType));
  if (!status) return null;
  const groups = status.content
    .toString("utf8")
    .split(/\r?\n[ \t]*\r?\n/)
    .slice(0, recipientsMost + 1);
  const read = await Promise.all(groups.map(async (group) => recipientOf(await headersOf(group))));
  const recipients = read.filter((recipient) => recipient !== null);
  const returned = parts.find(({ contentType }) =>
    /^(message\/(global|rfc822)(-headers)?|text\/rfc822-headers)$/.test(contentType),
  );
  const original = returned ? await simpleParser(returnedHead(returned.content)) : null;
  const mailIds = [...idsOf(original), ...repliedTo(report)].map(localPart).filter((id) => id !== null);
  if (recipients.length === 0 || mailIds.length === 0) return null;
  return { mailIds: [...new Set(mailIds)].slice(0, recipientsMost), recipients };
}

function assertReadable(raw: Buffer): void {
  const text = raw.toString("latin1");
  if (headOf(text).length > headMost) throw new Unreadable("its head is too long");
  const parts = text.match(/^content-type[ \t]*:/gim)?.length ?? 0;
  if (parts > partsMost) throw new Unreadable("it has too many parts");
}

async function headersOf(group: string): Promise<Headers> {
  if (group.length > groupMost) throw new Unreadable("what it says of a recipient is too long");
  return (await simpleParser(`${group.replace(/^[\r\n]+|[\r\n]+$/g, "")}\r\n\r\n`)).headers;
}

function returnedHead(content: Buffer): string {
  const head = headOf(content.toString("utf8"));
  if (head.length > headMost) throw new Unreadable("the head of the mail it is about is too long");
  return head;
}

function headOf(message: string): string {
  return `${message.split(/\r?\n\r?\n/, 1)[0]}\r\n\r\n`;
}

function recipientOf(fields: Headers): BouncedRecipient | null {
  const action = fieldOf(fields, "action").toLowerCase();
  if (action !== "failed" && action !== "delayed") return null;
  const addresses = ["original-recipient", "final-recipient"]
    .map((name) => typed(fieldOf(fields, name)).replace(/^<|>$/g, "").toLowerCase())
    .filter((address) => /^[^\s@]+@[^\s@]+$/.test(address) && address.length <= 320);
  if (addresses.length === 0) return null;
  const said = typed(fieldOf(fields, "diagnostic-code")) || fieldOf(fields, "status");
  return { addresses: [...new Set(addresses)], outcome: action, reason: said.slice(0, 300) };
}

/** In one line, without what could be mistaken for one of another field. */
function fieldOf(fields: Headers, name: string): string {
  const value = fields.get(name);
  const text = Array.isArray(value) ? value[0] : value;
  return typeof text === "string" ? text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim() : "";
}

/** What follows the type of a field: "rfc822; ada@example.com", "smtp; 550 no such user". */
function typed(field: string): string {
  return field.replace(/^[A-Za-z0-9.-]+\s*;\s*/, "");
}

function idsOf(original: ParsedMail | null): string[] {
  return original?.messageId ? [original.messageId] : [];
}

/** Where the mail itself did not come back, some servers at least answer it. */
function repliedTo({ inReplyTo, references = [] }: ParsedMail): string[] {
  return [inReplyTo ?? "", ...(Array.isArray(references) ? references : [references])];
}

function localPart(messageId: string): string | null {
  return /^\s*<?([A-Za-z0-9.-]{1,200})@[^@\s]+$/.exec(messageId)?.[1] ?? null;
}
