import type { CustomerId, InvoiceId, PaymentId, ServiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Stage } from "./stage";

export interface FoundInvoice {
  id: InvoiceId;
  number: string;
  currency: Currency;
  remainingMinor: bigint;
}

/** In the order of their numbers, so that the same world gives the same list. */
export async function openInvoices({ owner }: Stage, customerId: CustomerId): Promise<FoundInvoice[]> {
  const rows = await owner`
    select id, number, currency, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor
    from invoices where customer_id = ${customerId} and state = 'open' order by number`;
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    currency: row.currency,
    remainingMinor: row.remaining_minor,
  }));
}

export async function closedInvoice({ owner }: Stage, customerId: CustomerId): Promise<InvoiceId | null> {
  const [row] = await owner`
    select id from invoices where customer_id = ${customerId} and state <> 'open' order by number limit 1`;
  return row?.id ?? null;
}

export async function availableMinor(
  { owner }: Stage,
  customerId: CustomerId,
  currency: Currency,
): Promise<bigint> {
  const [row] = await owner`
    select posted_minor - held_minor as available from balances
    where customer_id = ${customerId} and currency = ${currency}`;
  return row?.available ?? 0n;
}

export interface FoundSession {
  customerId: CustomerId;
  paymentId: PaymentId;
  sessionId: string;
  currency: Currency;
  state: string;
}

/** The newest payments that have a page at Stripe and did not succeed; open and ended ones. */
export async function sessions({ owner }: Stage, most = 15): Promise<FoundSession[]> {
  const rows = await owner`
    select customer_id, id, stripe_session_id, currency, state from payments
    where stripe_session_id is not null and state <> 'succeeded'
    order by created_at desc, id desc limit ${most}`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    paymentId: row.id,
    sessionId: row.stripe_session_id,
    currency: row.currency,
    state: row.state,
  }));
}

export interface FoundService {
  customerId: CustomerId;
  serviceId: ServiceId;
  isAutoRenew: boolean;
  expiresAt: Date | null;
}

export async function servicesIn({ owner }: Stage, states: readonly string[]): Promise<FoundService[]> {
  const rows = await owner`
    select customer_id, id, is_auto_renew, expires_at from services where state = any(${[...states]}::text[])
    order by created_at, id`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    serviceId: row.id,
    isAutoRenew: row.is_auto_renew,
    expiresAt: row.expires_at,
  }));
}
