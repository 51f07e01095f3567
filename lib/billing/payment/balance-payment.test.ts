import { describe, expect, it } from "vitest";
import type { InvoiceId, InvoiceLineId, PaymentId } from "@/lib/kernel/id";
import { decisionOver, invoiceRecord, renewalLine, serviceRecord } from "@/lib/testing/records";
import type { InvoiceRecord, LineRecord } from "../scene";
import { isAutoRenew, settleWaiting } from "./balance-payment";

const id = "one" as InvoiceId;

/** An invoice over lines of the services "web" and "mail", of which the first renews by itself. */
function over(invoice: Partial<InvoiceRecord>, lines: readonly LineRecord[]) {
  const decision = decisionOver({ postedMinor: 5000n, heldMinor: 0n });
  decision.see({
    invoices: [invoiceRecord({ origin: "renewal", ...invoice, id })],
    lines: lines.map((line, at) => ({ ...line, id: `line-${at}` as InvoiceLineId })),
    services: [serviceRecord("web", 2, true), serviceRecord("mail", 2, false)],
  });
  return decision;
}

const [web, mail] = [renewalLine(id, "web", 2), renewalLine(id, "mail", 2)];

describe("an auto-renew invoice", () => {
  it("has only renewal lines, all of services that renew by themselves", () => {
    expect(isAutoRenew(over({}, [web]), id)).toBe(true);
    expect(isAutoRenew(over({}, [web, mail]), id)).toBe(false);
    expect(isAutoRenew(over({}, [web, { ...web, kind: "order" }]), id)).toBe(false);
    expect(isAutoRenew(over({}, []), id)).toBe(false);
    expect(isAutoRenew(over({ origin: "manual" }, [web]), id)).toBe(false);
  });

  it("is all that money arriving pays unasked", () => {
    const mixed = over({}, [web, mail]);
    settleWaiting(mixed, "USD", []);
    expect(mixed.invoicesPaid).toEqual([]);
    settleWaiting(mixed, "USD", [id]);
    expect(mixed.invoicesPaid).toHaveLength(1);
  });

  it("is paid by money of its own currency alone, and while no other payment has begun to pay it", () => {
    const euros = over({ currency: "EUR" }, [web]);
    settleWaiting(euros, "USD", [id]);
    expect(euros.invoicesPaid).toEqual([]);
    const claimed = over({ claimedBy: "another" as PaymentId }, [web]);
    settleWaiting(claimed, "USD", [id]);
    expect(claimed.invoicesPaid).toEqual([]);
  });
});
