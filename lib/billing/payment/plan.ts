import { type ChargeLimits, chargeable } from "@/lib/gateway/port";
import { assert } from "@/lib/kernel/assert";
import type { InvoiceId } from "@/lib/kernel/id";

/** How much of the balance the customer wants to use: nothing, all that is available, or so many minor units. */
export type BalanceWish = "none" | "all" | bigint;

export interface InvoiceDue {
  readonly id: InvoiceId;
  readonly remainingMinor: bigint;
}

export interface Share {
  readonly invoiceId: InvoiceId;
  readonly balanceMinor: bigint;
  readonly cardMinor: bigint;
}

/** Who pays what from what. Minor units; `excessMinor` is the part of `cardMinor` that becomes balance. */
export interface PaymentPlan {
  readonly funding: "card" | "balance" | "combined";
  readonly balanceMinor: bigint;
  readonly cardMinor: bigint;
  readonly excessMinor: bigint;
  readonly shares: readonly Share[];
}

export type PlanRefusal = { code: "nothing_due" } | { code: "amount_too_large"; availableMinor: bigint };

/**
 * Plans a payment of some invoices of one currency, in the order they are to be paid (oldest due first).
 * What is left for Stripe is raised to what Stripe can charge by using less balance; if that cannot be, by charging
 * more than is due, the excess becoming balance (domain.md, Paying 5). Card money is laid on the first invoices,
 * balance on the rest: fewer invoices then depend on both.
 */
export function planPayment(
  invoices: readonly InvoiceDue[],
  availableMinor: bigint,
  wish: BalanceWish,
  limits: ChargeLimits,
): { ok: true; plan: PaymentPlan } | { ok: false; refusal: PlanRefusal } {
  const dueMinor = invoices.reduce((total, { remainingMinor }) => total + remainingMinor, 0n);
  if (dueMinor <= 0n) return { ok: false, refusal: { code: "nothing_due" } };
  const spendableMinor = availableMinor > 0n ? availableMinor : 0n;
  if (typeof wish === "bigint" && (wish > spendableMinor || wish < 0n)) {
    // Whoever asks for more than there is hears the most that this payment can take.
    const mostMinor = spendableMinor < dueMinor ? spendableMinor : dueMinor;
    return { ok: false, refusal: { code: "amount_too_large", availableMinor: mostMinor } };
  }
  const wishedMinor = wish === "none" ? 0n : wish === "all" ? spendableMinor : wish;
  if (wishedMinor >= dueMinor) return { ok: true, plan: planned(invoices, dueMinor, 0n, 0n) };

  const cardMinor = chargeable(dueMinor - wishedMinor, limits);
  const excessMinor = cardMinor > dueMinor ? cardMinor - dueMinor : 0n;
  return { ok: true, plan: planned(invoices, dueMinor - (cardMinor - excessMinor), cardMinor, excessMinor) };
}

function planned(
  invoices: readonly InvoiceDue[],
  balanceMinor: bigint,
  cardMinor: bigint,
  excessMinor: bigint,
): PaymentPlan {
  let cardLeft = cardMinor - excessMinor;
  const shares = invoices.map(({ id, remainingMinor }) => {
    const byCard = remainingMinor < cardLeft ? remainingMinor : cardLeft;
    cardLeft -= byCard;
    return { invoiceId: id, cardMinor: byCard, balanceMinor: remainingMinor - byCard };
  });
  assert(cardLeft === 0n, "all card money has its invoice");
  const funding = cardMinor === 0n ? "balance" : balanceMinor === 0n ? "card" : "combined";
  return { funding, balanceMinor, cardMinor, excessMinor, shares };
}
