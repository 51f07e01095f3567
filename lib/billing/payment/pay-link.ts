import { createHmac, timingSafeEqual } from "node:crypto";
import type { ReservedSql } from "@/db/client";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { firstThatReads, type PurposeKey } from "@/lib/kernel/purpose-key";
import type { World } from "../world";

/** An invoice is paid, cancelled or written off within weeks: a link found in a mailbox years later does nothing. */
export const payLinkDays = 90;

/** What a pay link says: which invoice it pays, in which generation of the invoice's links, and until when. */
export interface PayLink {
  readonly customerId: CustomerId;
  readonly invoiceId: InvoiceId;
  readonly generation: number;
  readonly expiresAt: Date;
}

/**
 * The address under which one invoice can be paid without signing in, for mails and papers: it works for 90 days from
 * now. The same link whenever it is made on one day (UTC), so that a mail which is sent again says the same.
 */
export function payLinkUrl(
  world: Pick<World, "payLinkKey" | "portalUrl" | "clock">,
  link: Pick<PayLink, "customerId" | "invoiceId" | "generation">,
): string {
  const expiresAt = payLinkExpiry(world.clock.now());
  return `${world.portalUrl}/pay/${signPayLink(world.payLinkKey, { ...link, expiresAt })}`;
}

/** The link of an invoice as it works now, its generation looked up; `sql` must see the customer's rows. */
export async function payLinkOf(
  world: Pick<World, "payLinkKey" | "portalUrl" | "clock">,
  sql: ReservedSql,
  { customerId, invoiceId }: Pick<PayLink, "customerId" | "invoiceId">,
): Promise<string> {
  const [row] = await sql`
    select generation from pay_links where customer_id = ${customerId} and invoice_id = ${invoiceId}`;
  return payLinkUrl(world, { customerId, invoiceId, generation: row?.generation ?? 0 });
}

const dayMs = 24 * 3_600_000;
/** Customer and invoice, generation, day of expiry; then 144 bits of the signature: a multiple of three, so that
 * base64url has one spelling for it. */
const contentLength = 16 + 16 + 2 + 2;
const signatureLength = 18;

/** A link's token, 72 letters. It expires at a whole day. */
export function signPayLink(key: PurposeKey, link: PayLink): string {
  return signContent(key, "", { ...link, id: link.invoiceId });
}

/**
 * What a token says; null if we did not sign exactly this. Asks no database: what somebody made up costs one hash. The
 * caller judges the expiry by its clock, and the generation by what the database has.
 */
export function readPayLink(key: PurposeKey, token: string): PayLink | null {
  const content = readContent(key, "", token);
  if (!content) return null;
  const { id, ...link } = content;
  return { ...link, invoiceId: id as InvoiceId };
}

/** What every token says, of whatever kind: whose it is, what it names, and until when it works. */
export interface SignedContent {
  readonly customerId: CustomerId;
  readonly id: string;
  readonly generation: number;
  readonly expiresAt: Date;
}

/** The end of the day (UTC) up to which a link works that is made now. */
export function payLinkExpiry(now: Date): Date {
  return new Date((Math.floor(now.getTime() / dayMs) + payLinkDays + 1) * dayMs);
}

/** Signs for one kind of link: what is signed for one is nothing for another. */
export function signContent({ now: key }: PurposeKey, kind: string, signed: SignedContent): string {
  const day = signed.expiresAt.getTime() / dayMs;
  assert(Number.isInteger(day), "a pay link expires at the end of a day");
  const content = Buffer.alloc(contentLength);
  content.write(signed.customerId.replaceAll("-", ""), 0, "hex");
  content.write(signed.id.replaceAll("-", ""), 16, "hex");
  content.writeUInt16BE(signed.generation, 32);
  content.writeUInt16BE(day, 34);
  return Buffer.concat([content, signatureOf(key, kind, content)]).toString("base64url");
}

/** A link that was mailed before the host's secret was changed works while the one before is known. */
export function readContent(key: PurposeKey, kind: string, token: string): SignedContent | null {
  if (!/^[A-Za-z0-9_-]{72}$/.test(token)) return null;
  const bytes = Buffer.from(token, "base64url");
  const content = bytes.subarray(0, contentLength);
  const isSigned = (one: Uint8Array) =>
    timingSafeEqual(signatureOf(one, kind, content), bytes.subarray(contentLength)) || null;
  if (!firstThatReads(key, isSigned)) return null;
  return {
    customerId: uuidAt(content, 0) as CustomerId,
    id: uuidAt(content, 16),
    generation: content.readUInt16BE(32),
    expiresAt: new Date(content.readUInt16BE(34) * dayMs),
  };
}

function signatureOf(key: Uint8Array, kind: string, content: Uint8Array): Buffer {
  return createHmac("sha256", key).update(kind).update(content).digest().subarray(0, signatureLength);
}

function uuidAt(bytes: Buffer, at: number): string {
  return bytes.toString("hex", at, at + 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
