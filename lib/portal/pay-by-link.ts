import type { ReservedSql } from "@/db/client";
import { type OpenedPayLink, openPayLink, readAnyPayLink } from "@/lib/billing/payment/mailed-pay-link";
import type { World } from "@/lib/billing/world";
import type { CustomerId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { beginPayment, checkedInput } from "./pay";
import type { PayRefusal, PlanShown } from "./shapes";
import { portalWorld } from "./world";

export interface PayByLinkInput {
  token: string;
  /** Made once for each way of paying that the page shows: a double click or a reload is the same payment. */
  paymentId: string;
  /** The link's invoices, and the earlier ones of the same services that the page showed with them. */
  invoiceIds: readonly string[];
  /** What the page said would be paid; refused with what holds now. Minor units. */
  plan: PlanShown;
  /** From the balance as far as it reaches, the rest by card. For links mailed to who may do so. */
  useBalance: boolean;
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
          | "card_declined"
          | "too_many_unfinished";
      }
    >
  /** Without its id, which is the other payer's. */
  | { code: "payment_in_progress" }
  /** The link was shared, is a copy's, or is of somebody who may not spend the balance any more. */
  | { code: "balance_not_for_link" };

/**
 * Pays the invoices of a pay link through Stripe, for whoever has the link, and nothing but those and what has to be paid
 * with them. From the balance only with a link that was mailed to an owner or billing member (domain.md, A5). Every rule
 * of a signed-in payment holds (domain.md, Paying).
 */
export async function payByLink(
  input: PayByLinkInput,
  world: World = portalWorld(),
): Promise<Result<LinkOutcome, LinkRefusal>> {
  const link = readAnyPayLink(world.payLinkKey, input.token);
  if (!link) return refuse({ code: "pay_link_not_valid" });
  if (link.expiresAt <= world.clock.now()) return refuse({ code: "pay_link_expired" });
  const checked = checkedInput(input);
  if (!checked.ok) return refuse(linkRefusal(checked.refusal));
  const { customerId } = link;
  const { invoiceIds } = checked.value;
  const { useBalance } = input;
  let isBalanceRefused = false;
  const begun = await beginPayment(world, {
    ...checked.value,
    origin: "link",
    customerId,
    userId: null,
    wish: useBalance ? "all" : "none",
    balanceOnly: false,
    permit: async (sql) => {
      const opened = await openPayLink(sql, link);
      if (!opened || !(await isOfLink(sql, customerId, opened, invoiceIds))) return false;
      isBalanceRefused = useBalance && !opened.mayUseBalance;
      return !isBalanceRefused;
    },
  });
  if (!begun.ok && isBalanceRefused) return refuse({ code: "balance_not_for_link" });
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

/** Are these invoices of the link, at least one of them, and else earlier terms of the same services? */
async function isOfLink(
  sql: ReservedSql,
  customerId: CustomerId,
  { invoiceIds: own }: OpenedPayLink,
  invoiceIds: readonly InvoiceId[],
): Promise<boolean> {
  const named = invoiceIds.filter((id) => own.includes(id));
  const others = invoiceIds.filter((id) => !own.includes(id));
  if (named.length === 0) return false;
  if (others.length === 0) return true;
  const rows = await sql`
    select 1 where not exists (
      select from unnest(${[...others]}::uuid[]) as other (id)
      where not exists (
        select from invoice_lines l join invoice_lines e on e.customer_id = l.customer_id
          and e.service_id = l.service_id and e.kind = 'renewal' and e.term_starts_at < l.term_starts_at
        where l.customer_id = ${customerId} and l.invoice_id = any(${named}::uuid[]) and l.kind = 'renewal'
          and e.invoice_id = other.id))`;
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
    // Counted for who is signed in.
    case "too_many_unfinished":
      throw new Error(
        `neither balance nor saved card is used by a link, yet it was refused: ${refusal.code}`,
      );
    default:
      return refusal;
  }
}
