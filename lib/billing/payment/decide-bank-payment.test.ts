import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { BankReceiptId, InvoiceId, UserId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { decidedAt, decisionOver, invoiceRecord, renewalLine, serviceRecord } from "@/lib/testing/records";
import { remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import { decideBankPayment } from "./decide-bank-payment";

const receiptOf = (minor: bigint) => ({
  id: "receipt" as BankReceiptId,
  amount: money(minor, "USD"),
  valueDate: "2026-03-01" as CalendarDay,
  reference: "TRX 1",
  sender: "",
  userId: "user" as UserId,
});

const someInvoice = fc.record({
  totalMinor: fc.bigInt({ min: 1n, max: 1_000n }),
  dueInDays: fc.integer({ min: -5, max: 5 }),
  isOpen: fc.boolean(),
});

describe("money that came by bank", () => {
  it("goes where it was meant, oldest first, as far as it reaches; the rest is balance, and nothing is lost", () => {
    fc.assert(
      fc.property(
        fc.array(someInvoice, { maxLength: 6 }),
        fc.bigInt({ min: 1n, max: 4_000n }),
        (given, minor) => {
          const decision = decisionOver({ postedMinor: 300n, heldMinor: 100n });
          const invoices = given.map(({ totalMinor, dueInDays, isOpen }, at) =>
            invoiceRecord({
              id: `${at}`,
              totalMinor,
              dueInDays,
              ...(isOpen ? {} : { state: "paid" as const, amountPaidMinor: totalMinor, paidAt: decidedAt }),
            }),
          );
          decision.see({ invoices, lines: [], services: [] });
          const laid = decideBankPayment(
            decision,
            receiptOf(minor),
            invoices.map(({ id }) => id),
          );

          const open = invoices.filter(({ state }) => state === "open").sort(byDue);
          let leftMinor = minor;
          for (const { id, totalMinor } of open) {
            const part = totalMinor < leftMinor ? totalMinor : leftMinor;
            leftMinor -= part;
            const after = decision.invoice(id);
            expect(after && remainingMinor(after)).toBe(totalMinor - part);
            expect(after?.state).toBe(part === totalMinor ? "paid" : "open");
          }
          expect(laid.toBalanceMinor).toBe(leftMinor);

          const { books, changes } = decision.result();
          expect(books[0]?.balance).toMatchObject({ postedMinor: 300n + leftMinor, heldMinor: 100n });
          const rows = books.flatMap(({ transfers }) => transfers);
          expect(rows.reduce((total, { amountMinor }) => total + amountMinor, 0n)).toBe(minor);
          for (const row of rows) {
            expect(row).toMatchObject({ debit: "bank", bankReceiptId: "receipt", valueDate: "2026-03-01" });
          }
          const [payment] = changes.payments;
          const shared = changes.payment_shares.reduce((total, share) => total + share.bank_minor, 0n);
          expect(payment).toMatchObject({ funding: "bank", bank_minor: minor, state: "succeeded" });
          const isForInvoices = shared > 0n;
          expect(payment?.kind).toBe(isForInvoices ? "invoices" : "top_up");
          expect(payment?.excess_minor).toBe(isForInvoices ? minor - shared : 0n);
        },
      ),
    );
  });

  it("for a later term pays the earlier one first, and leaves the later one alone while that is open", () => {
    const decision = decisionOver({ postedMinor: 0n, heldMinor: 0n });
    const invoices = [
      invoiceRecord({ id: "first", totalMinor: 1_000n, dueInDays: 1 }),
      invoiceRecord({ id: "second", totalMinor: 1_000n, dueInDays: 30 }),
    ];
    const lines = [renewalLine("first", "web", 0), renewalLine("second", "web", 1)];
    decision.see({ invoices, lines, services: [serviceRecord("web", 0, true)] });
    const laid = decideBankPayment(decision, receiptOf(1_500n), ["second", "first"] as InvoiceId[]);
    expect(laid).toEqual({
      onInvoices: [
        { number: "INV-2026-first", amountMinor: 1_000n, isPaid: true },
        { number: "INV-2026-second", amountMinor: 500n, isPaid: false },
      ],
      toBalanceMinor: 0n,
    });
  });

  it("for an invoice that brings what its service cannot take any more is balance, and staff are asked", () => {
    const decision = decisionOver({ postedMinor: 0n, heldMinor: 0n });
    const invoices = [invoiceRecord({ id: "gone", totalMinor: 1_000n })];
    const terminated = { ...serviceRecord("web", 0, true), state: "terminated" as const };
    decision.see({ invoices, lines: [renewalLine("gone", "web", 0)], services: [terminated] });
    const laid = decideBankPayment(decision, receiptOf(1_000n), ["gone"] as InvoiceId[]);
    expect(laid).toEqual({ onInvoices: [], toBalanceMinor: 1_000n });
    expect(decision.result().changes.tasks).toMatchObject([
      { kind: "line_not_completable", subject_id: "gone" },
    ]);
  });
});

it("money for an invoice that is paid already becomes balance as such, and nobody is asked about its lines", () => {
  const decision = decisionOver({ postedMinor: 0n, heldMinor: 0n });
  const paid = invoiceRecord({ id: "0", state: "paid", amountPaidMinor: 1000n, paidAt: decidedAt });
  decision.see({ invoices: [paid], lines: [], services: [] });
  decideBankPayment(decision, receiptOf(700n), [paid.id]);
  const { books, changes } = decision.result();
  expect(books[0]?.transfers).toMatchObject([
    { debit: "bank", credit: "customer_balance", amountMinor: 700n, reason: "invoice_closed" },
  ]);
  expect(changes.payments).toMatchObject([{ kind: "top_up", bank_minor: 700n, excess_minor: 0n }]);
  expect(changes.tasks).toEqual([]);
});
