import { Decision } from "@/lib/billing/decision";
import { dueIn } from "@/lib/billing/invoice/days-from-due";
import type { InvoiceRecord, LineRecord, PaymentRecord, ServiceRecord } from "@/lib/billing/scene";
import { manualClock } from "@/lib/kernel/clock";
import type {
  CustomerId,
  InvoiceId,
  InvoiceLineId,
  PaymentId,
  PlanId,
  RenewalId,
  ServiceId,
} from "@/lib/kernel/id";

export const decidedAt = new Date("2026-03-10T09:00:00Z");

/** A decision over a balance, without any database. Minor units. */
export function decisionOver(balance: { postedMinor: bigint; heldMinor: bigint }): Decision {
  const clock = manualClock(decidedAt);
  return new Decision(
    {
      customerId: "customer" as CustomerId,
      now: decidedAt,
      clock,
      timeZone: "UTC",
      actor: "system",
      userId: null,
    },
    [{ currency: "USD", seq: 1n, ...balance }],
  );
}

/** An invoice as it was read under lock; due so many days after the decision. */
export function invoiceRecord(
  change: Partial<Omit<InvoiceRecord, "id">> & { id: string; dueInDays?: number },
): InvoiceRecord {
  const { id, dueInDays = 7, ...rest } = change;
  return {
    id: id as InvoiceId,
    number: `INV-2026-${id}`,
    summary: "Work",
    origin: "manual",
    state: "open",
    currency: "USD",
    totalMinor: 1000n,
    amountPaidMinor: 0n,
    amountCreditedMinor: 0n,
    dueOn: dueIn(dueInDays, decidedAt, "UTC"),
    paidAt: null,
    claimedBy: null,
    ...rest,
  };
}

/** A payment under way through Stripe. */
export function paymentRecord(change: Partial<PaymentRecord> = {}): PaymentRecord {
  return {
    id: "payment" as PaymentId,
    customerId: "customer" as CustomerId,
    kind: "invoices",
    funding: "card",
    origin: "customer",
    state: "sent",
    currency: "USD",
    balanceMinor: 0n,
    cardMinor: 1000n,
    excessMinor: 0n,
    contentHash: "",
    requestKey: "key",
    request: {},
    paymentMethodId: null,
    stripeSessionId: "cs_1",
    stripePaymentIntentId: null,
    decline: null,
    checkoutUrl: null,
    sendCount: 1,
    firstSentAt: decidedAt,
    expiresAt: decidedAt,
    pollCount: 0,
    createdAt: decidedAt,
    endedAt: null,
    failureCode: null,
    ...change,
  };
}

/** The n-th month of a service from the day of the decision on. */
export function monthOf(n: number): Date {
  return new Date(Date.UTC(2026, 2 + n, 10, 9));
}

/** A service whose paid terms end where its n-th month begins. */
export function serviceRecord(id: string, paidMonths: number, isAutoRenew: boolean): ServiceRecord {
  return {
    id: id as ServiceId,
    planId: "plan" as PlanId,
    label: id,
    state: "active",
    isAutoRenew,
    anchorDay: 10,
    expiresAt: monthOf(paidMonths),
  };
}

/** The line of an invoice for the n-th month of a service. */
export function renewalLine(invoiceId: string, serviceId: string, month: number): LineRecord {
  return {
    id: `line-${invoiceId}` as InvoiceLineId,
    invoiceId: invoiceId as InvoiceId,
    kind: "renewal",
    serviceId: serviceId as ServiceId,
    renewalId: `renewal-${invoiceId}` as RenewalId,
    renewalState: "invoiced",
    wasDeclined: false,
    termUnit: "month",
    termCount: 1,
    termStartsAt: monthOf(month),
    termEndsAt: monthOf(month + 1),
  };
}
