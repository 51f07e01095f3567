import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as payment from "./payment/states";
import * as refund from "./refund/states";

describe("the states of a refund", () => {
  it("are open until they end, and only one that succeeded may fail after that", () => {
    for (const from of ["created", "sent", "pending", "unknown"] as const) {
      expect(refund.isFinal(from)).toBe(false);
      expect(refund.mayBecome(from, "succeeded") && refund.mayBecome(from, "failed"), from).toBe(true);
      expect(refund.mayBecome(from, "created")).toBe(false);
    }
    expect(refund.successors.succeeded).toEqual(["failed"]);
    expect(refund.successors.failed).toEqual([]);
  });
});

describe("the states of a payment", () => {
  const finals = ["succeeded", "failed", "canceled", "expired"] as const;
  const open = ["created", "sent", "requires_action", "processing", "unknown"] as const;

  it("are open or final, and no final state is ever left", () => {
    for (const state of finals) {
      expect(payment.isFinal(state)).toBe(true);
      for (const other of [...finals, ...open]) expect(payment.mayBecome(state, other)).toBe(false);
    }
    for (const state of open) expect(payment.isFinal(state)).toBe(false);
  });

  it("become any final state directly from any open one", () => {
    for (const from of open) {
      for (const to of finals) expect(payment.mayBecome(from, to), `${from} → ${to}`).toBe(true);
    }
  });

  it("never become created again, and a processing payment does not go back to its page", () => {
    for (const from of open) expect(payment.mayBecome(from, "created")).toBe(false);
    expect(payment.mayBecome("processing", "sent")).toBe(false);
  });

  it("end in at most one final state, whatever is reported in whatever order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...open, ...finals), { maxLength: 40 }), (reports) => {
        let state: payment.PaymentState = "created";
        let ended: payment.PaymentState | null = null;
        for (const report of reports) {
          if (payment.mayBecome(state, report)) state = report;
          if (ended) expect(state).toBe(ended);
          if (payment.isFinal(state)) ended = state;
        }
      }),
    );
  });
});

describe.each([
  ["payment", payment],
  ["refund", refund],
])("the table of an %s's states", (_, { successors, mayBecome }) => {
  it("names every state, and agrees with what may become what", () => {
    const table: Record<string, readonly string[]> = successors;
    const states = Object.keys(table);
    for (const from of states) {
      for (const to of states) {
        const isNamed = table[from]?.includes(to) ?? false;
        expect((mayBecome as (from: string, to: string) => boolean)(from, to)).toBe(isNamed);
        if (isNamed) expect(states).toContain(to);
      }
    }
  });
});
