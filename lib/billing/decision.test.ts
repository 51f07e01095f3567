import { describe, expect, it } from "vitest";
import type { InvoiceId, InvoiceLineId, PaymentId, TransferId } from "@/lib/kernel/id";
import { decisionOver, invoiceRecord, monthOf, renewalLine, serviceRecord } from "@/lib/testing/records";
import type { Decision } from "./decision";

const id = "one" as InvoiceId;

/** An invoice for some months of one service, of which the first two are paid. */
function invoiceOver(months: readonly number[]): Decision {
  const decision = decisionOver({ postedMinor: 5000n, heldMinor: 0n });
  decision.see({
    invoices: [invoiceRecord({ id, origin: "renewal" })],
    lines: months.map((month) => ({
      ...renewalLine(id, "web", month),
      id: `line-${month}` as InvoiceLineId,
    })),
    services: [serviceRecord("web", 2, false)],
  });
  return decision;
}

function pay(decision: Decision, amountMinor: bigint): void {
  const paymentId = "payment" as PaymentId;
  decision.apply(id, { source: "card", paymentId, amountMinor, transferId: "transfer" as TransferId });
}

describe("an invoice over several terms of one service", () => {
  it("completes them one after the other, in whatever order its lines stand", () => {
    const decision = invoiceOver([4, 2, 3]);
    pay(decision, 1000n);
    const { terms, serviceStates } = decision.result().changes;
    expect(terms.map((term) => [term.starts_at, term.ends_at])).toEqual([
      [monthOf(2), monthOf(3)],
      [monthOf(3), monthOf(4)],
      [monthOf(4), monthOf(5)],
    ]);
    expect(serviceStates).toMatchObject([{ id: "web", expires_at: monthOf(5) }]);
  });

  it("is not payable when one of them would leave a gap", () => {
    const decision = invoiceOver([2, 4]);
    expect(decision.isPayable(id)).toBe(false);
    expect(decision.trial().complete(id)).toBe(false);
  });
});

describe("money on an invoice", () => {
  it("brings nothing before all of it is there, and no more than remains is laid on", () => {
    const decision = invoiceOver([2]);
    pay(decision, 999n);
    expect(decision.invoice(id)).toMatchObject({ state: "open", amountPaidMinor: 999n });
    expect(decision.result().changes.terms).toEqual([]);
    expect(() => pay(decision, 2n)).toThrow("no more than remains");
    pay(decision, 1n);
    expect(decision.invoice(id)).toMatchObject({ state: "paid", amountPaidMinor: 1000n });
    expect(() => pay(decision, 1n)).toThrow("open invoice");
  });
});
