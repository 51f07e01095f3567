import type { ReservedSql } from "@/db/client";
import { type PayLink, readPayLink } from "@/lib/billing/payment/pay-link";
import type { World } from "@/lib/billing/world";
import type { PaymentId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { beginPayment, checkedInput } from "./pay";
import type { PayRefusal } from "./shapes";
import { portalWorld } from "./world";

export interface PayByLinkInput {
  token: string;
  /** Made once for each page shown: a double click or a reload is the same payment. */
  paymentId: string;
  /** The link's invoice, and the earlier ones of the same services that the page showed with it. */
  invoiceIds: readonly string[];
  /** What the page said would be charged; refused with what holds now. Minor units. */
  plan: { cardMinor: string; excessMinor: string };
}

/** Where the browser goes on: nothing of the customer's is in it. */
export type LinkOutcome =
  | { kind: "redirect"; url: string }
  | { kind: "paid" | "confirming"; paymentId: PaymentId };

export type LinkRefusal =
  /** Made up, altered, revoked, or of a customer who is gone: told alike. */
  | { code: "pay_link_not_valid" }
  | { code: "pay_link_expired" }
  | Exclude<
      PayRefusal,
      {
        code:
          | "not_allowed"
          | "payment_in_progress"
          | "balance_too_low"
          | "amount_malformed"
          | "amount_too_large"
          | "card_not_found"
          | "card_removed"
          | "card_expired"
          | "card_declined";
      }
    >
  /** Without its id, which is the other payer's. */
  | { code: "payment_in_progress" };

/**
 * Pays the one invoice of a pay link through Stripe, for whoever has the link: never from the balance, and nothing but
 * that invoice and what has to be paid with it. Every rule of a signed-in payment holds (domain.md, Paying).
 */
export async function payByLink(
  input: PayByLinkInput,
  world: World = portalWorld(),
): Promise<Result<LinkOutcome, LinkRefusal>> {
  const link = readPayLink(world.payLinkKey, input.token);
  if (!link) return refuse({ code: "pay_link_not_valid" });
  if (link.expiresAt <= world.clock.now()) return refuse({ code: "pay_link_expired" });
  const checked = checkedInput({ ...input, plan: { balanceMinor: "0", ...input.plan } });
  if (!checked.ok) return refuse(linkRefusal(checked.refusal));
  const { customerId } = link;
  const { invoiceIds } = checked.value;
  if (!invoiceIds.includes(link.invoiceId)) return refuse({ code: "invoice_not_found" });
  const begun = await beginPayment(world, {
    ...checked.value,
    origin: "link",
    customerId,
    userId: null,
    wish: "none",
    balanceOnly: false,
    permit: (sql) => mayPayByLink(sql, link, invoiceIds),
  });
  if (!begun.ok) return refuse(linkRefusal(begun.refusal));
  const outcome = begun.value;
  switch (outcome.kind) {
    case "redirect":
      return ok({ kind: "redirect", url: outcome.url });
    case "paid":
      return ok({ kind: "paid", paymentId: outcome.receipt.paymentId });
    case "confirming":
      return ok({ kind: "confirming", paymentId: outcome.paymentId });
  }
}

/**
 * Is this the generation of the invoice's links that works, of an open customer; and are the other invoices earlier
 * terms of the same services, and nothing else?
 */
async function mayPayByLink(
  sql: ReservedSql,
  { customerId, invoiceId, generation }: PayLink,
  invoiceIds: readonly string[],
): Promise<boolean> {
  const rows = await sql`
    select 1 from customers c
    left join pay_links k on k.customer_id = c.id and k.invoice_id = ${invoiceId}
    where c.id = ${customerId} and c.closed_at is null and coalesce(k.generation, 0) = ${generation}
      and not exists (
        select from unnest(${invoiceIds.filter((id) => id !== invoiceId)}::uuid[]) as other (id)
        where not exists (
          select from invoice_lines l join invoice_lines e on e.customer_id = l.customer_id
            and e.service_id = l.service_id and e.kind = 'renewal' and e.term_starts_at < l.term_starts_at
          where l.customer_id = c.id and l.invoice_id = ${invoiceId} and l.kind = 'renewal' and e.invoice_id = other.id))`;
  return rows.length > 0;
}

function linkRefusal(refusal: PayRefusal): LinkRefusal {
  switch (refusal.code) {
    case "not_allowed":
      return { code: "pay_link_not_valid" };
    case "payment_in_progress":
      return { code: "payment_in_progress" };
    case "balance_too_low":
    case "amount_malformed":
    case "amount_too_large":
    case "card_not_found":
    case "card_removed":
    case "card_expired":
    case "card_declined":
      throw new Error(
        `neither balance nor saved card is used by a link, yet it was refused: ${refusal.code}`,
      );
    default:
      return refusal;
  }
}
