import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type {
  BankReceiptId,
  ChargeId,
  CustomerId,
  DisputeId,
  InvoiceId,
  PaymentId,
  RefundId,
  TransferId,
} from "@/lib/kernel/id";
import { Book, type Entry, type HeldFor, type OpenHold, type TransferRow } from "./book";

const customerId = "customer" as CustomerId;
const paymentId = "payment" as PaymentId;
const invoiceId = "invoice" as InvoiceId;
const refundId = "refund" as RefundId;
const disputeId = "dispute" as DisputeId;

function openBook(postedMinor = 0n, heldMinor = 0n, balance: { isNewBalance?: boolean } = {}): Book {
  let last = 0;
  return new Book(
    customerId,
    { currency: "USD", postedMinor, heldMinor, seq: 7n },
    {
      ...balance,
      now: new Date("2026-03-10T09:00:00Z"),
      valueDate: "2026-03-10" as CalendarDay,
      newId: () => {
        last += 1;
        return `transfer-${last}` as TransferId;
      },
    },
  );
}

type Command =
  | { kind: "in" | "out" | "hold" | "aside"; amountMinor: bigint }
  | { kind: "post" | "void"; which: number; part: bigint };

const someAmount = fc.bigInt({ min: -2n, max: 60n });
const someCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("in" as const, "out" as const, "hold" as const, "aside" as const),
    amountMinor: someAmount,
  }),
  fc.record({
    kind: fc.constantFrom("post" as const, "void" as const),
    which: fc.nat({ max: 5 }),
    part: someAmount,
  }),
);

/** What the transfers alone say, from what the balance was before them. */
function replay(rows: readonly TransferRow[], postedMinor: bigint, heldMinor: bigint) {
  const holds = new Map(
    rows.filter(({ kind }) => kind === "pending").map((row) => [row.id, row.amountMinor]),
  );
  return rows.reduce(
    (sums, row) => {
      const released = row.pendingId ? (holds.get(row.pendingId) ?? 0n) : 0n;
      const isMoved = row.kind === "posted" || row.kind === "post";
      const out = isMoved && row.debit === "customer_balance" ? row.amountMinor : 0n;
      const into = isMoved && row.credit === "customer_balance" ? row.amountMinor : 0n;
      const held = row.kind === "pending" ? row.amountMinor : -released;
      return { postedMinor: sums.postedMinor + into - out, heldMinor: sums.heldMinor + held };
    },
    { postedMinor, heldMinor },
  );
}

function obey(book: Book, command: Command, open: OpenHold[]): void {
  switch (command.kind) {
    case "in":
      book.transfer({ ...command, debit: "goodwill", credit: "customer_balance", reason: "goodwill" });
      return;
    case "out":
      book.transfer({ ...command, debit: "customer_balance", credit: "receivable", reason: "invoice_paid" });
      return;
    case "aside":
      book.transfer({
        ...command,
        debit: "receivable",
        credit: "deferred_revenue",
        reason: "invoice_issued",
      });
      return;
    case "hold": {
      const { amountMinor } = command;
      open.push({ paymentId, invoiceId, amountMinor, id: book.hold({ paymentId, invoiceId, amountMinor }) });
      return;
    }
    default: {
      const hold = open[command.which];
      if (!hold) return;
      if (command.kind === "post") book.postHold(hold, command.part);
      else book.voidHold(hold);
      open.splice(command.which, 1);
    }
  }
}

describe("a book of one customer in one currency", () => {
  it("keeps 0 ≤ held ≤ posted, and what it says is what its transfers say", () => {
    fc.assert(
      fc.property(
        fc.array(someCommand, { maxLength: 40 }),
        fc.bigInt({ min: 0n, max: 80n }),
        (commands, postedMinor) => {
          const book = openBook(postedMinor);
          const open: OpenHold[] = [];
          for (const command of commands) {
            const before = book.changes();
            const rowsBefore = before.transfers.length;
            try {
              obey(book, command, open);
            } catch {
              // What breaks a rule throws before anything of it is kept: the whole decision is thrown away, but a
              // row without its sums would be worse than either.
              expect(book.changes().transfers).toHaveLength(rowsBefore);
            }
            const { balance, transfers } = book.changes();
            expect(balance.heldMinor >= 0n && balance.heldMinor <= balance.postedMinor).toBe(true);
            expect(book.availableMinor).toBe(balance.postedMinor - balance.heldMinor);
            expect(replay(transfers, postedMinor, 0n)).toEqual({
              postedMinor: balance.postedMinor,
              heldMinor: balance.heldMinor,
            });
            expect(balance.heldMinor).toBe(open.reduce((total, hold) => total + hold.amountMinor, 0n));
            expect(transfers.map(({ seq }) => seq)).toEqual(transfers.map((_, at) => 8n + BigInt(at)));
            expect(balance.seq).toBe(7n + BigInt(transfers.length));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is of a balance that is there already, unless it is said to be new", () => {
    expect(openBook().changes().isNewBalance).toBe(false);
    expect(openBook(0n, 0n, { isNewBalance: true }).changes().isNewBalance).toBe(true);
  });

  it("releases the rest of a hold that is posted in part", () => {
    const book = openBook(1000n);
    const id = book.hold({ paymentId, invoiceId, amountMinor: 600n });
    expect(book.availableMinor).toBe(400n);
    book.postHold({ id, paymentId, invoiceId, amountMinor: 600n }, 250n);
    expect(book.changes().balance).toMatchObject({ postedMinor: 750n, heldMinor: 0n });
    expect(book.changes().transfers.at(-1)).toMatchObject({ kind: "post", amountMinor: 250n, pendingId: id });
  });

  it("throws at what would break a rule", () => {
    const book = openBook(1000n, 400n);
    const out = { debit: "customer_balance", credit: "receivable", reason: "invoice_paid" } as const;
    expect(() => book.transfer({ ...out, amountMinor: 601n })).toThrow("no more is spent than is available");
    expect(() => book.hold({ paymentId, invoiceId, amountMinor: 601n })).toThrow();
    expect(() => book.transfer({ ...out, amountMinor: 0n })).toThrow("a transfer moves something");
    expect(() => book.transfer({ ...out, credit: "customer_balance", amountMinor: 1n })).toThrow("two sides");
    const hold = { id: "hold" as TransferId, paymentId, invoiceId, amountMinor: 400n };
    expect(() => book.postHold(hold, 401n)).toThrow("in full or in part");
    expect(() => book.postHold(hold, 0n)).toThrow("in full or in part");
    book.voidHold(hold);
    expect(() => book.voidHold(hold)).toThrow("resolved once");
    // A hold that the balance knows nothing of: held would fall below zero.
    const stranger = { ...hold, id: "stranger" as TransferId, amountMinor: 1n };
    expect(() => book.voidHold(stranger)).toThrow("what is released was held");
    expect(() => book.postHold({ ...stranger, id: "another" as TransferId }, 1n)).toThrow("was held");
  });

  it("knows by how much debt rose, and by how much it fell", () => {
    const book = openBook(1000n);
    book.transfer({ debit: "customer_debt", credit: "disputed", amountMinor: 700n, reason: "dispute_lost" });
    expect(book.debtRaisedMinor).toBe(700n);
    book.transfer({
      debit: "customer_balance",
      credit: "customer_debt",
      amountMinor: 300n,
      reason: "debt_paid",
    });
    expect(book.debtRaisedMinor).toBe(400n);
    book.transfer({
      debit: "customer_balance",
      credit: "customer_debt",
      amountMinor: 600n,
      reason: "debt_paid",
    });
    expect(book.debtRaisedMinor).toBe(-200n);
    book.transfer({
      debit: "customer_balance",
      credit: "receivable",
      amountMinor: 50n,
      reason: "invoice_paid",
    });
    expect(book.debtRaisedMinor).toBe(-200n);
  });

  it.each<[string, HeldFor, Partial<TransferRow>, taken: string, released: string]>([
    ["an invoice", { paymentId, invoiceId }, { credit: "receivable" }, "invoice_paid", "payment_released"],
    ["a refund", { refundId }, { credit: "gateway_clearing" }, "top_up_refunded", "refund_released"],
    ["a dispute", { disputeId }, { credit: "disputed" }, "dispute_lost", "dispute_released"],
  ])(
    "what is held for %s is written as its own, when it is held, taken and released",
    (_, held, row, taken, released) => {
      const book = openBook(1000n);
      const first = { ...held, id: book.hold({ ...held, amountMinor: 600n }), amountMinor: 600n };
      const second = { ...held, id: book.hold({ ...held, amountMinor: 400n }), amountMinor: 400n };
      book.postHold(first, 250n);
      book.voidHold(second);
      const own = { paymentId: null, invoiceId: null, refundId: null, disputeId: null, ...held, ...row };
      const line = { ...own, debit: "customer_balance", currency: "USD" };
      expect(book.changes().transfers).toMatchObject([
        { ...line, kind: "pending", amountMinor: 600n, reason: taken, pendingId: null },
        { ...line, kind: "pending", amountMinor: 400n, reason: taken, pendingId: null },
        { ...line, kind: "post", amountMinor: 250n, reason: taken, pendingId: first.id },
        { ...line, kind: "void", amountMinor: 400n, reason: released, pendingId: second.id },
      ]);
    },
  );

  it("writes with a transfer whatever it belongs to, and the book's own day unless another is named", () => {
    const book = openBook();
    const moved = {
      debit: "gateway_clearing",
      credit: "customer_balance",
      amountMinor: 5n,
      reason: "top_up",
    } as const;
    const named = {
      paymentId,
      invoiceId,
      refundId,
      disputeId,
      chargeId: "charge" as ChargeId,
      bankReceiptId: "receipt" as BankReceiptId,
      valueDate: "2026-03-08" as CalendarDay,
    };
    book.transfer({ ...moved, ...named });
    book.transfer(moved);
    const nothing = Object.fromEntries(Object.keys(named).map((name) => [name, null]));
    expect(book.changes().transfers).toMatchObject([
      { ...moved, ...named },
      { ...moved, ...nothing, valueDate: "2026-03-10" },
    ]);
  });

  it("what a payment brought is what its own transfers put on the balance, and nothing else", () => {
    const someEntry: fc.Arbitrary<Entry> = fc.record({
      debit: fc.constantFrom("goodwill", "gateway_clearing"),
      credit: fc.constantFrom("customer_balance", "receivable"),
      amountMinor: fc.bigInt({ min: 1n, max: 99n }),
      reason: fc.constant("top_up"),
      paymentId: fc.constantFrom(paymentId, "another" as PaymentId, null),
    });
    fc.assert(
      fc.property(fc.array(someEntry, { maxLength: 12 }), (entries) => {
        const book = openBook(100n);
        book.postHold(
          {
            id: book.hold({ paymentId, invoiceId, amountMinor: 60n }),
            paymentId,
            invoiceId,
            amountMinor: 60n,
          },
          60n,
        );
        let broughtMinor = 0n;
        for (const entry of entries) {
          book.transfer(entry);
          const isOurs = entry.paymentId === paymentId && entry.credit === "customer_balance";
          broughtMinor += isOurs ? entry.amountMinor : 0n;
        }
        expect(book.broughtMinor(paymentId)).toBe(broughtMinor);
      }),
    );
  });
});
