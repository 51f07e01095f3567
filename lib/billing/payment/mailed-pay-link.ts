import type { ReservedSql } from "@/db/client";
import type { CustomerId, InvoiceId, UserId } from "@/lib/kernel/id";
import { uuidv7 } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { payingRoles } from "@/lib/kernel/paying-roles";
import type { PurposeKey } from "@/lib/kernel/purpose-key";
import type { World } from "../world";
import { type PayLink, payLinkExpiry, readContent, readPayLink, signContent } from "./pay-link";

const mailed = "mailed pay link";

/** What the link of a mail's button says; what it pays is stored (decision 0020). */
export interface MailedPayLink {
  readonly customerId: CustomerId;
  readonly linkId: string;
  readonly expiresAt: Date;
}

/** A link as somebody brings it: of one invoice, or of a mail. */
export type AnyPayLink = ({ kind: "invoice" } & PayLink) | ({ kind: "mailed" } & MailedPayLink);

/** What a token says; null if we did not sign exactly this. Asks no database. */
export function readAnyPayLink(key: PurposeKey, token: string): AnyPayLink | null {
  const link = readPayLink(key, token);
  if (link) return { kind: "invoice", ...link };
  const content = readContent(key, mailed, token);
  if (!content) return null;
  const { customerId, id, expiresAt } = content;
  return { kind: "mailed", customerId, linkId: id, expiresAt };
}

export function mailedPayLinkUrl(
  world: Pick<World, "payLinkKey" | "portalUrl">,
  link: MailedPayLink,
): string {
  const content = { ...link, id: link.linkId, generation: 0 };
  return `${world.portalUrl}/pay/${signContent(world.payLinkKey, mailed, content)}`;
}

export interface MailedLinkWish {
  customerId: CustomerId;
  /** The mail, which has one such link for each currency and kind of recipient: tried again, it has the same. */
  outboxId: string;
  currency: Currency;
  invoiceIds: readonly InvoiceId[];
  /** An owner or billing member to whom it is mailed, and who may pay from the balance with it; null for copies. */
  userId: UserId | null;
}

/** The address behind a mail's button: everything that the mail names in one currency, without signing in. */
export async function makeMailedPayLink(
  world: Pick<World, "payLinkKey" | "portalUrl" | "clock">,
  sql: ReservedSql,
  { customerId, outboxId, currency, invoiceIds, userId }: MailedLinkWish,
): Promise<string> {
  const now = world.clock.now();
  const named = sql`
    select i.id, coalesce(k.generation, 0) as generation from invoices i
    left join pay_links k on k.customer_id = i.customer_id and k.invoice_id = i.id
    where i.customer_id = ${customerId} and i.id = any(${[...invoiceIds]}::uuid[])`;
  const made = sql`
    select n.invoice_id, n.generation from mailed_pay_link_invoices n where n.customer_id = l.customer_id and n.link_id = l.id`;
  const [link] = await sql`
    select l.id from mailed_pay_links l
    where l.customer_id = ${customerId} and l.outbox_id = ${outboxId} and l.currency = ${currency}
      and l.user_id is not distinct from ${userId}
      and not exists (${named} except ${made}) and not exists (${made} except ${named})`;
  const linkId = (link?.id as string | undefined) ?? uuidv7(world.clock);
  if (!link) {
    await sql`
      with link as (
        insert into mailed_pay_links (customer_id, id, outbox_id, currency, user_id, created_at)
        values (${customerId}, ${linkId}, ${outboxId}, ${currency}, ${userId}, ${now}))
      insert into mailed_pay_link_invoices (customer_id, link_id, invoice_id, generation)
      select ${customerId}, ${linkId}, named.id, named.generation from (${named}) named`;
  }
  return mailedPayLinkUrl(world, { customerId, linkId, expiresAt: payLinkExpiry(now) });
}

/** What a link stands for now. */
export interface OpenedPayLink {
  invoiceIds: InvoiceId[];
  /** Whether it may spend the balance: it was mailed to somebody who may themselves, and still may. */
  mayUseBalance: boolean;
}

/**
 * Looks up what a link stands for, whose expiry the caller has judged; null if it was revoked, or its customer is gone. One
 * of a mail is revoked as soon as the links of any of its invoices are. `sql` must see the customer's rows.
 */
export async function openPayLink(sql: ReservedSql, link: AnyPayLink): Promise<OpenedPayLink | null> {
  const { customerId } = link;
  if (link.kind === "invoice") {
    const { invoiceId, generation } = link;
    const [row] = await sql`
      select 1 from customers c
      join invoices i on i.customer_id = c.id and i.id = ${invoiceId}
      left join pay_links k on k.customer_id = c.id and k.invoice_id = ${invoiceId}
      where c.id = ${customerId} and c.closed_at is null and coalesce(k.generation, 0) = ${generation}`;
    return row ? { invoiceIds: [invoiceId], mayUseBalance: false } : null;
  }
  const rows = await sql`
    select n.invoice_id, coalesce(k.generation, 0) = n.generation as is_current, exists (
        select from memberships m join users u on u.id = m.user_id and u.disabled_at is null
        where m.customer_id = l.customer_id and m.user_id = l.user_id and m.role = any(${[...payingRoles]}::text[])) as may_use_balance
    from mailed_pay_links l
    join customers c on c.id = l.customer_id and c.closed_at is null
    join mailed_pay_link_invoices n on n.customer_id = l.customer_id and n.link_id = l.id
    left join pay_links k on k.customer_id = n.customer_id and k.invoice_id = n.invoice_id
    where l.customer_id = ${customerId} and l.id = ${link.linkId}`;
  const [first] = rows;
  if (!first || rows.some((row) => !row.is_current)) return null;
  return {
    invoiceIds: rows.map((row) => row.invoice_id as InvoiceId),
    mayUseBalance: first.may_use_balance,
  };
}
