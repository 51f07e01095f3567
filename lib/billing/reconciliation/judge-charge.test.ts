import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChargeId, CustomerId, PaymentId } from "@/lib/kernel/id";
import { type BookedHere, type ChargeHere, judgeCharge, type TakenCharge } from "./judge-charge";

interface Facts {
  id: string;
  at: Date;
  amountMinor: bigint;
  feeMinor: bigint;
  currency: "USD" | "EUR" | "JPY";
}

const facts: fc.Arbitrary<Facts> = fc.record({
  id: fc.uuid(),
  at: fc.date({ min: new Date("2026-03-01"), max: new Date("2026-03-08"), noInvalidDate: true }),
  amountMinor: fc.bigInt({ min: 1n, max: 1_000_000n }),
  feeMinor: fc.bigInt({ min: 0n, max: 30_000n }),
  currency: fc.constantFrom("USD", "EUR", "JPY"),
});

const payment = (id: string) => ({ customerId: `c ${id}` as CustomerId, paymentId: `p ${id}` as PaymentId });

/** The charge as Stripe lists it. */
function said({ id, at, amountMinor, feeMinor, currency }: Facts): TakenCharge {
  const charge = { id, intentId: `pi ${id}`, amountMinor, currency, stripeCustomerId: "cus", ...payment(id) };
  const movement = { balanceTransactionId: `txn ${id}`, settledMinor: amountMinor, feeMinor, currency, at };
  return { ...movement, source: { kind: "charge", charge } };
}

/** The same as it is booked when all went well. */
function booked({ id, amountMinor, feeMinor, currency }: Facts): ChargeHere {
  const fee = { minor: feeMinor, currency };
  return {
    booked: { chargeId: "ours" as ChargeId, ...payment(id), amountMinor, currency, fee },
    payment: payment(id),
  };
}

/** What can be wrong with a charge, and what is to be found of it. */
const faults: Record<string, { change: (here: ChargeHere) => ChargeHere; found: object }> = {
  "nobody booked it": {
    change: (here) => ({ ...here, booked: null }),
    found: { kind: "unbooked" },
  },
  "it is nobody's": { change: () => ({ booked: null, payment: null }), found: { kind: "stranger" } },
  "another amount": {
    change: alter(({ amountMinor }) => ({ amountMinor: amountMinor + 1n })),
    found: { kind: "differs", reason: "amount" },
  },
  "another currency": {
    change: alter(() => ({ currency: "GBP" })),
    found: { kind: "differs", reason: "currency" },
  },
  "another payment": {
    change: alter(() => ({ paymentId: "p elsewhere" as PaymentId })),
    found: { kind: "differs", reason: "payment" },
  },
  "its fee was not said yet": {
    change: alter(() => ({ fee: null })),
    found: { kind: "lacks_fee" },
  },
  "another fee": {
    change: alter(({ fee }) => ({ fee: fee && { ...fee, minor: fee.minor + 1n } })),
    found: { kind: "differs", reason: "fee" },
  },
};

function alter(change: (booked: BookedHere) => Partial<BookedHere>) {
  return (here: ChargeHere): ChargeHere => ({
    ...here,
    booked: here.booked && { ...here.booked, ...change(here.booked) },
  });
}

describe("a charge beside the books", () => {
  it("fits as it is booked", () => {
    fc.assert(
      fc.property(facts, (one) => {
        expect(judgeCharge(said(one), booked(one))).toEqual({ kind: "fits", payment: payment(one.id) });
      }),
    );
  });

  it.each(Object.entries(faults))(
    "is found where %s, whatever else there is of it",
    (_, { change, found }) => {
      fc.assert(
        fc.property(facts, (one) => {
          expect(judgeCharge(said(one), change(booked(one)))).toMatchObject(found);
        }),
      );
    },
  );
});
