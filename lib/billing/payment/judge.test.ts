import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Checkout } from "@/lib/gateway/port";
import type { PaymentId } from "@/lib/kernel/id";
import { judge, mismatchesOf } from "./judge";

const payment = {
  id: "0195827e-0000-7000-8000-000000000001" as PaymentId,
  cardMinor: 2200n,
  currency: "USD" as const,
  request: { stripeCustomerId: "cus_1" },
};

const charge = { id: "ch_1", amountMinor: 2200n, currency: "USD", fee: null };

/** A page that fits the payment. */
function page(change: Partial<Checkout> = {}): Checkout {
  const said = {
    kind: "checkout" as const,
    id: "cs_1",
    status: "open",
    paymentStatus: "unpaid",
    url: "https://stripe.example/cs_1",
    amountMinor: 2200n,
    currency: "USD",
    stripeCustomerId: "cus_1",
    isLive: false,
    paymentId: payment.id,
    expiresAt: new Date("2026-03-10T09:45:00Z"),
    intent: null,
    charge: null,
    savedCard: null,
    ...change,
  };
  const intentId = said.intent?.id ?? null;
  return { ...said, isPaid: said.paymentStatus === "paid", isOver: said.status === "expired", intentId };
}

const intent = (status: string) => ({ id: "pi_1", status });
const statuses = ["open", "complete", "expired", "paused", "missing"];
const payStatuses = ["paid", "unpaid", "no_payment_required", "partially_paid"];
const intents = [
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "processing",
  "requires_capture",
  "canceled",
  "succeeded",
  "on_hold",
];
const anyPage = fc
  .record({
    status: fc.constantFrom(...statuses),
    paymentStatus: fc.constantFrom(...payStatuses),
    intent: fc.option(fc.constantFrom(...intents).map(intent)),
    charge: fc.option(fc.constant(charge)),
  })
  .map(page);

it("all that differs is told, and nothing that fits", () => {
  const changes = {
    payment_differs: { paymentId: "another" },
    amount_differs: { amountMinor: 2201n },
    currency_differs: { currency: "EUR" },
    customer_differs: { stripeCustomerId: "cus_2" },
    mode_differs: { isLive: true },
  };
  fc.assert(
    fc.property(fc.subarray(Object.entries(changes)), (chosen) => {
      const said = page(Object.assign({}, ...chosen.map(([, change]) => change)));
      expect(mismatchesOf(payment, said, false)).toEqual(chosen.map(([name]) => name));
    }),
  );
});

describe("a page at Stripe, judged against its payment", () => {
  it.each<[string, Partial<Checkout>, object]>([
    ["open", { status: "open" }, { kind: "open", state: "sent" }],
    [
      "open after a declined card: no outcome",
      { status: "open", intent: intent("requires_payment_method") },
      { kind: "open", state: "sent" },
    ],
    [
      "open while the bank asks",
      { status: "open", intent: intent("requires_action") },
      { kind: "open", state: "requires_action" },
    ],
    ["expired", { status: "expired" }, { kind: "ended", state: "expired", code: "expired" }],
    [
      "paid",
      { status: "complete", paymentStatus: "paid", intent: intent("succeeded"), charge },
      { kind: "succeeded", charge, intentId: "pi_1" },
    ],
    [
      "complete, the bank takes days",
      { status: "complete", intent: intent("processing") },
      { kind: "open", state: "processing" },
    ],
    [
      "complete, the delayed method failed",
      { status: "complete", intent: intent("requires_payment_method") },
      { kind: "ended", state: "failed", code: "method_failed" },
    ],
    [
      "complete, the intent a moment ahead of it",
      { status: "complete", intent: intent("succeeded") },
      { kind: "open", state: "processing" },
    ],
  ])("%s", (_, change, verdict) => {
    expect(judge(payment, page(change), false)).toEqual(verdict);
  });

  it("succeeds only where it is complete, paid, and has its charge of just that much", () => {
    fc.assert(
      fc.property(anyPage, (checkout) => {
        const verdict = judge(payment, checkout, false);
        const isPaid =
          checkout.status === "complete" &&
          checkout.paymentStatus === "paid" &&
          checkout.charge !== null &&
          checkout.intent !== null;
        expect(verdict.kind === "succeeded").toBe(isPaid);
      }),
    );
  });

  it("ends nothing that is open at Stripe or under way", () => {
    fc.assert(
      fc.property(anyPage, (checkout) => {
        const verdict = judge(payment, checkout, false);
        const isUnderWay = ["processing", "requires_action", "succeeded"].includes(
          checkout.intent?.status ?? "",
        );
        if (checkout.status === "open" || (checkout.status === "complete" && isUnderWay)) {
          expect(verdict.kind).not.toBe("ended");
        }
      }),
    );
  });

  it("guesses no word that it does not know", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (status, paymentStatus, intentStatus) => {
        fc.pre(!statuses.slice(0, 3).includes(status));
        const unknown = judge(payment, page({ status, paymentStatus, charge }), false);
        expect(unknown).toEqual({ kind: "quarantined", reason: `session_status_${status}` });
        fc.pre(!["paid", "unpaid"].includes(paymentStatus));
        expect(judge(payment, page({ status: "complete", paymentStatus, charge }), false)).toEqual({
          kind: "quarantined",
          reason: `payment_status_${paymentStatus}`,
        });
        fc.pre(!intents.includes(intentStatus));
        expect(judge(payment, page({ status: "complete", intent: intent(intentStatus) }), false)).toEqual({
          kind: "quarantined",
          reason: `intent_status_${intentStatus}`,
        });
      }),
    );
  });

  it("quarantines whatever does not fit our row, whatever else it says", () => {
    const misfits: [string, Partial<Checkout>, isLive: boolean][] = [
      ["payment_differs", { paymentId: "0195827e-0000-7000-8000-000000000002" }, false],
      ["payment_differs", { paymentId: null }, false],
      ["amount_differs", { amountMinor: 2201n }, false],
      ["currency_differs", { currency: "EUR" }, false],
      ["customer_differs", { stripeCustomerId: "cus_2" }, false],
      ["mode_differs", {}, true],
    ];
    fc.assert(
      fc.property(anyPage, fc.constantFrom(...misfits), (checkout, [reason, misfit, isLive]) => {
        expect(judge(payment, { ...checkout, ...misfit }, isLive)).toEqual({ kind: "quarantined", reason });
      }),
    );
  });
});
