import { type InvoiceId, newId, type RenewalId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Decision } from "../decision";
import { priceInvoice } from "../invoice/draft";
import { bookIssued, type Issued, isFree, linesOf, recordOf } from "../invoice/issued-invoice";
import type { TaxRule } from "../invoice/tax-rule";
import { isAutoRenew, settleWaiting } from "../payment/balance-payment";
import type { DueService } from "./due-services";
import { renewalDraft } from "./renewal-draft";

/** What a run does for one customer. */
export interface Renewed {
  issued: Issued[];
  /** Of those: paid in this decision, from the balance or because nothing is due. */
  paid: number;
  /** Of those: auto-renew is on, and the balance does not reach. */
  short: number;
  /** Services that cannot be billed as they are: staff are asked. */
  parked: number;
}

/**
 * Issues the next terms of a customer's due services, and lets the balance pay what it covers, oldest due first, each
 * in full (domain.md, Renewing: "the balance pays at issue"). What is short is named by the
 * next morning's mail. A service without a price in its currency is parked. Pure but for ids: the caller has read everything under lock.
 */
export function decideRenewals(decision: Decision, due: readonly DueService[], tax: TaxRule): Renewed {
  const issued: Issued[] = [];
  let parked = 0;
  for (const one of due) {
    if (one.priceMinor === null) {
      park(decision, one);
      parked += 1;
    } else issued.push(issue(decision, one, one.priceMinor, tax));
  }
  let short = 0;
  for (const currency of new Set(issued.map((invoice) => invoice.currency))) {
    const of = issued.filter((invoice) => invoice.currency === currency);
    short += payFromBalance(decision, currency, of);
  }
  const open = issued.filter((invoice) => decision.invoice(invoice.id)?.state === "open");
  return { issued, paid: issued.length - open.length, short, parked };
}

/** Returns how many of the invoices the balance does not reach for. */
function payFromBalance(decision: Decision, currency: Currency, issued: readonly Issued[]): number {
  const before = decision.changes.payments.length;
  settleWaiting(decision, currency, []);
  // One payment settles all of them: one receipt says what was renewed.
  const payment = decision.changes.payments[before];
  if (payment) decision.tell("renewal.paid", { paymentId: payment.id });
  const short = issued.filter(
    ({ id }) => decision.invoice(id)?.state === "open" && isAutoRenew(decision, id),
  );
  return short.length;
}

function issue(decision: Decision, due: DueService, priceMinor: bigint, tax: TaxRule): Issued {
  const { clock, now, timeZone } = decision.context;
  const { service, plan, currency } = due;
  const draft = renewalDraft(
    {
      renewalId: due.renewalId ?? newId<RenewalId>(clock),
      service,
      plan,
      currency,
      priceMinor,
      startsAt: service.expiresAt,
      dueOn: due.dueOn,
    },
    now,
    timeZone,
  );
  const invoice = { id: newId<InvoiceId>(clock), ...priceInvoice(draft, tax, { clock, now }) };
  bookIssued(decision, invoice);
  decision.see({ invoices: [recordOf(invoice)], lines: linesOf(invoice), services: [service] });
  if (isFree(invoice)) decision.finishFree(invoice.id);
  return invoice;
}

function park(decision: Decision, { service, currency }: DueService): void {
  decision.askStaff("renewal_parked", "service", service.id, {
    reason: "no_price",
    currency,
    label: service.label,
  });
}
