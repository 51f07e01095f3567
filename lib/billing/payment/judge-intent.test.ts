import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Intent } from "@/lib/gateway/port";
import type { PaymentId } from "@/lib/kernel/id";
import { judgeIntent } from "./judge-intent";

const payment = {
  id: "payment" as PaymentId,
  cardMinor: 2200n,
  currency: "USD" as const,
  request: { stripeCustomerId: "cus_1" },
  decline: null,
};

const charge = { id: "ch_1", amountMinor: 2200n, currency: "USD", fee: null };

/** An intent that fits the payment. */
function intent(change: Partial<Intent> = {}): Intent {
  const said = {
    kind: "intent" as const,
    id: "pi_1",
    status: "processing",
    amountMinor: 2200n,
    currency: "USD",
    stripeCustomerId: "cus_1",
    isLive: false,
    paymentId: payment.id,
    actionUrl: null,
    decline: null,
    cancellationReason: null,
    charge: null,
    ...change,
  };
  const { id, status } = said;
  return { ...said, isPaid: status === "succeeded", isOver: status === "canceled", intentId: id };
}

const known = ["succeeded", "processing", "requires_action", "requires_payment_method", "canceled"] as const;

describe("the charge of a saved card", () => {
  it("succeeds only on `succeeded`, with a charge of exactly this amount", () => {
    expect(judgeIntent(payment, intent({ status: "succeeded", charge }), false)).toEqual({
      kind: "succeeded",
      charge,
      intentId: "pi_1",
    });
    const wrong = [null, { ...charge, amountMinor: 2199n }, { ...charge, currency: "EUR" }];
    for (const other of wrong) {
      expect(judgeIntent(payment, intent({ status: "succeeded", charge: other }), false).kind).toBe(
        "quarantined",
      );
    }
  });

  it("States: a declined card is no outcome, only a canceled intent is one", () => {
    const decline = { code: "insufficient_funds", advice: null, networkCode: "51" };
    expect(judgeIntent(payment, intent({ status: "requires_payment_method", decline }), false)).toEqual({
      kind: "open",
      state: "sent",
    });
    const failed = { kind: "ended", state: "failed", code: decline.code, decline };
    expect(judgeIntent(payment, intent({ status: "canceled", decline }), false)).toEqual(failed);
    // Stripe has forgotten it, and it was kept here.
    expect(judgeIntent({ ...payment, decline }, intent({ status: "canceled" }), false)).toEqual(failed);
  });

  it("canceled without a decline ended because nobody came, or because somebody asked for it", () => {
    const endOf = (cancellationReason: string | null) =>
      judgeIntent(payment, intent({ status: "canceled", cancellationReason }), false);
    expect(endOf("abandoned")).toMatchObject({ kind: "ended", state: "expired" });
    expect(endOf("requested_by_customer")).toMatchObject({ kind: "ended", state: "canceled" });
    expect(endOf(null)).toMatchObject({ kind: "ended", state: "canceled" });
  });

  it("a word that we do not know is quarantined, never guessed", () => {
    fc.assert(
      fc.property(fc.string(), (status) => {
        fc.pre(!(known as readonly string[]).includes(status));
        expect(judgeIntent(payment, intent({ status, charge }), false)).toEqual({
          kind: "quarantined",
          reason: `intent_status_${status}`,
        });
      }),
    );
  });

  it("whatever its status, one that is not ours moves nothing", () => {
    const misfits: Partial<Intent>[] = [
      { paymentId: "another" },
      { amountMinor: 1n },
      { currency: "EUR" },
      { stripeCustomerId: "cus_2" },
      { isLive: true },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.constantFrom(...misfits), (status, misfit) => {
        expect(judgeIntent(payment, intent({ status, charge, ...misfit }), false).kind).toBe("quarantined");
      }),
    );
  });
});
