import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PaymentId } from "@/lib/kernel/id";
import { decisionOver } from "@/lib/testing/records";
import { payDebt } from "./debt";

const paymentId = "payment" as PaymentId;
const someMinor = fc.bigInt({ min: 0n, max: 5_000n });
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

describe("debt", () => {
  it("is paid from what is available, and carries its payment for as much as that payment brought", () => {
    fc.assert(
      fc.property(someMinor, someMinor, someMinor, someMinor, (owed, brought, released, held) => {
        const decision = decisionOver({ postedMinor: released + held, heldMinor: held });
        const book = decision.book("USD");
        const topUp = {
          debit: "gateway_clearing",
          credit: "customer_balance",
          reason: "top_up",
          paymentId,
        } as const;
        if (brought > 0n) book.transfer({ ...topUp, amountMinor: brought });
        payDebt(decision, "USD", owed, paymentId);
        const paid =
          decision
            .result()
            .books[0]?.transfers.filter(({ credit }) => credit === "customer_debt")
            .map((row) => ({ minor: row.amountMinor, by: row.paymentId })) ?? [];
        const available = brought + released;
        const total = owed < available ? owed : available;
        expect(sum(paid.map(({ minor }) => minor))).toBe(total);
        // Its own money goes first: what is left of the debt is for what was released meanwhile.
        expect(sum(paid.filter(({ by }) => by === paymentId).map(({ minor }) => minor))).toBe(
          total < brought ? total : brought,
        );
        expect(book.availableMinor).toBe(available - total);
        expect(decision.changes.activities.map(({ verb }) => verb)).toEqual(total > 0n ? ["debt_paid"] : []);
      }),
    );
  });

  it("is paid with what this very decision made the customer owe, and the record says how much", () => {
    fc.assert(
      fc.property(someMinor, someMinor, someMinor, (owedMinor, raisedMinor, availableMinor) => {
        const decision = decisionOver({ postedMinor: availableMinor, heldMinor: 0n });
        const lost = { debit: "customer_debt", credit: "disputed", reason: "dispute_lost" } as const;
        if (raisedMinor > 0n) decision.book("USD").transfer({ ...lost, amountMinor: raisedMinor });
        payDebt(decision, "USD", owedMinor);
        const debtMinor = owedMinor + raisedMinor;
        const paidMinor = debtMinor < availableMinor ? debtMinor : availableMinor;
        expect(decision.book("USD").availableMinor).toBe(availableMinor - paidMinor);
        const detail = { amountMinor: paidMinor.toString(), currency: "USD" };
        expect(decision.changes.activities).toMatchObject(
          paidMinor > 0n ? [{ verb: "debt_paid", detail }] : [],
        );
      }),
    );
  });

  it("is nobody's money where no payment brought it", () => {
    const decision = decisionOver({ postedMinor: 500n, heldMinor: 0n });
    payDebt(decision, "USD", 300n);
    expect(decision.result().books[0]?.transfers).toMatchObject([{ amountMinor: 300n, paymentId: null }]);
  });
});
