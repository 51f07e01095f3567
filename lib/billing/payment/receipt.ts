import type postgres from "postgres";
import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentId, ServiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money, zero } from "@/lib/kernel/money";
import type { Decision } from "../decision";
import type { PaymentPlan } from "./plan";

/** What a payment paid, from what, and what it brought. */
export interface Receipt {
  paymentId: PaymentId;
  paid: { number: string; amount: Money }[];
  /** What was waiting for money and was settled when this payment's arrived, from the balance. */
  settled: { number: string; amount: Money }[];
  fromBalance: Money;
  byCard: Money;
  byBank: Money;
  /** What went to the balance: more than was due, or for an invoice that was closed meanwhile. */
  toBalance: Money;
  /** Of that, what paid at once what the customer owed since a payment was taken back. */
  toDebt: Money;
  services: { id: ServiceId; label: string; expiresAt: Date }[];
}

/** The receipt of a payment that was made in this very decision, without reading it back. */
export function receiptOfDecision(
  decision: Decision,
  { paymentId, plan, currency }: { paymentId: PaymentId; plan: PaymentPlan; currency: Currency },
): Receipt {
  return {
    paymentId,
    paid: plan.shares.map((share) => ({
      number: decision.invoice(share.invoiceId)?.number ?? "",
      amount: money(share.balanceMinor + share.cardMinor, currency),
    })),
    settled: [],
    fromBalance: money(plan.balanceMinor, currency),
    byCard: money(plan.cardMinor, currency),
    byBank: zero(currency),
    toBalance: zero(currency),
    toDebt: zero(currency),
    services: decision.completed.map(({ completion }) => ({
      id: completion.service.id,
      label: completion.service.label,
      expiresAt: completion.endsAt,
    })),
  };
}

/** The receipt of a payment as the ledger has it: what it paid, from what, and what became balance. */
export async function receiptOf(
  sql: ReservedSql,
  customerId: CustomerId,
  paymentId: PaymentId,
): Promise<Receipt | null> {
  // Its own allocations, and those of the payment that spent what it left on the balance.
  const payments = sql`
    select id from payments where customer_id = ${customerId} and (id = ${paymentId} or source_payment_id = ${paymentId})`;
  const [[payment], allocated, services, [moved]] = await Promise.all([
    sql`select currency, state, funding from payments where customer_id = ${customerId} and id = ${paymentId}`,
    sql`
      select i.number, a.source, a.payment_id = ${paymentId} as is_own, sum(a.amount_minor)::bigint as amount_minor
      from allocations a join invoices i on i.customer_id = a.customer_id and i.id = a.invoice_id
      where a.customer_id = ${customerId} and a.payment_id in (${payments})
      group by i.number, a.source, is_own order by i.number`,
    sql`
      select s.id, s.label, max(t.ends_at) as expires_at
      from (select distinct invoice_id from allocations where customer_id = ${customerId} and payment_id in (${payments})) a
      join invoice_lines l on l.customer_id = ${customerId} and l.invoice_id = a.invoice_id
      join terms t on t.customer_id = ${customerId} and t.invoice_line_id = l.id
      join services s on s.customer_id = ${customerId} and s.id = t.service_id
      group by s.id, s.label order by s.label`,
    sql`
      select coalesce(sum(amount_minor) filter (where credit = 'customer_balance'), 0)::bigint as to_balance,
        coalesce(sum(amount_minor) filter (where credit = 'customer_debt'), 0)::bigint as to_debt
      from transfers where customer_id = ${customerId} and payment_id = ${paymentId} and kind = 'posted'`,
  ]);
  if (!payment) return null;
  const currency = payment.currency as Currency;
  const totalOf = (rows: readonly { amount_minor?: bigint }[]) =>
    money(
      rows.reduce((total, row) => total + (row.amount_minor ?? 0n), 0n),
      currency,
    );
  const paid = allocated.filter((row) => row.is_own);
  const byNumber = (rows: readonly postgres.Row[]) =>
    [...new Set(rows.map((row) => row.number as string))].map((number) => ({
      number,
      amount: totalOf(rows.filter((row) => row.number === number)),
    }));
  const toBalance = money(moved?.to_balance ?? 0n, currency);
  const isByBank = payment.funding === "bank";
  // What became balance came the way the payment did.
  const cameBy = (source: "card" | "bank") => {
    const isIts = (source === "bank") === isByBank;
    return money(
      totalOf(paid.filter((row) => row.source === source)).minor + (isIts ? toBalance.minor : 0n),
      currency,
    );
  };
  return {
    paymentId,
    paid: byNumber(paid),
    settled: byNumber(allocated.filter((row) => !row.is_own)),
    fromBalance: totalOf(paid.filter((row) => row.source === "balance")),
    byCard: cameBy("card"),
    byBank: cameBy("bank"),
    toBalance,
    toDebt: money(moved?.to_debt ?? 0n, currency),
    services: services.map((row) => ({
      id: row.id as ServiceId,
      label: row.label,
      expiresAt: row.expires_at,
    })),
  };
}
