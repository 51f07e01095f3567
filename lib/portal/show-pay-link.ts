import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { type AttemptLimits, attemptLimits } from "@/lib/auth/attempt-limits";
import { context } from "@/lib/auth/context";
import { type PayLink, readPayLink } from "@/lib/billing/payment/pay-link";
import { planPayment } from "@/lib/billing/payment/plan";
import { earlierOpenInvoices } from "@/lib/billing/scene";
import type { World } from "@/lib/billing/world";
import type { InvoiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import { portalWorld } from "./world";

/** What the page of a pay link shows: the invoice that it pays, and nothing else of the customer. */
export type PayLinkView =
  /** Made up, altered, revoked, or of a customer who is gone: shown alike. */
  | { kind: "not_valid" }
  | { kind: "too_many"; retryAfterSeconds: number }
  | { kind: "expired" }
  /** Nothing is due, by whatever payment or credit note. */
  | { kind: "paid" | "void" | "written_off"; number: string }
  /** A bank works on a payment: it comes or fails by itself. */
  | { kind: "confirming"; number: string }
  | PayLinkDue;

export interface PayLinkDue {
  kind: "due";
  number: string;
  summary: string;
  dueAt: Date;
  /** The invoice, and earlier open ones of the same services, which are paid with it; oldest due first. */
  invoices: { id: InvoiceId; number: string; remaining: Money }[];
  due: Money;
  /** All by card; more than is due where Stripe charges no less, the excess becoming balance. */
  plan: { cardMinor: string; excessMinor: string };
  /** Another payment was begun and is not finished: paying here ends it first. */
  isBegun: boolean;
}

/**
 * The invoice of a pay link, for whoever has the link. A token that we did not sign costs no look into the database;
 * one that we did is counted by the visitor's address.
 */
export async function showPayLink(
  { token, address }: { token: string; address: string },
  world: World = portalWorld(),
  limits: AttemptLimits = attemptLimits(context().app),
): Promise<PayLinkView> {
  const link = readPayLink(world.payLinkKey, token);
  if (!link) return { kind: "not_valid" };
  if (link.expiresAt <= world.clock.now()) return { kind: "expired" };
  const taken = await limits.take("payLinkAddress", address);
  if (!taken.ok) return { kind: "too_many", retryAfterSeconds: taken.refusal.retryAfterSeconds };
  return transact(world.app, { customerId: link.customerId }, ({ sql }) => view(world, sql, link));
}

async function view(world: World, sql: ReservedSql, link: PayLink): Promise<PayLinkView> {
  const { customerId, invoiceId, generation } = link;
  const [[row], earlier] = await Promise.all([
    sql`
      select i.number, i.summary, i.state, i.currency, i.due_at, p.state as claimed_by
      from invoices i
      join customers c on c.id = i.customer_id and c.closed_at is null
      left join pay_links k on k.customer_id = i.customer_id and k.invoice_id = i.id
      left join invoice_claims n on n.customer_id = i.customer_id and n.invoice_id = i.id
      left join payments p on p.customer_id = n.customer_id and p.id = n.payment_id
      where i.customer_id = ${customerId} and i.id = ${invoiceId} and coalesce(k.generation, 0) = ${generation}`,
    earlierOpenInvoices(sql, customerId, [invoiceId]),
  ]);
  if (!row) return { kind: "not_valid" };
  if (row.state !== "open") return { kind: row.state, number: row.number };
  if (row.claimed_by === "processing") return { kind: "confirming", number: row.number };
  const due = await sql`
    select id, number, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor from invoices
    where customer_id = ${customerId} and id = any(${[...earlier, invoiceId]}::uuid[]) and state = 'open'
    order by due_at, id`;
  const currency = row.currency as Currency;
  const dues = due.map((one) => ({ id: one.id as InvoiceId, remainingMinor: one.remaining_minor as bigint }));
  const planned = planPayment(dues, 0n, "none", world.gateway.chargeLimits(currency));
  if (!planned.ok) throw new Error("an open invoice has something due");
  const { cardMinor, excessMinor } = planned.plan;
  return {
    kind: "due",
    number: row.number,
    summary: row.summary,
    dueAt: row.due_at,
    invoices: due.map(({ id, number, remaining_minor }) => ({
      id,
      number,
      remaining: money(remaining_minor, currency),
    })),
    due: money(cardMinor - excessMinor, currency),
    plan: { cardMinor: cardMinor.toString(), excessMinor: excessMinor.toString() },
    isBegun: row.claimed_by !== null,
  };
}
