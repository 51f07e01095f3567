import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordUnmatchedReceipt } from "@/lib/billing/payment/unmatched-receipt";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { payFromBalance } from "@/lib/portal/pay";
import { balancePlan, giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { listActivities } from "./list-activities";
import { recordActivity } from "./record-activity";
import { voidInvoice } from "./void-invoice";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

async function amountsOf(verb: string) {
  const wish = { actor: null, text: null, from: null, to: null, cursor: null } as never;
  const { rows } = await listActivities(await makeStaff(world, "auditor"), wish, world);
  return rows.filter((row) => row.verb === verb).map(({ amount }) => amount);
}

describe("the record names the amount", () => {
  it("of an invoice that was canceled", async () => {
    const finance = await makeStaff(world, "finance");
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1_234n);
    const wish = { customerId: customer.customerId, invoiceId: invoice.id, reason: "wrong" };
    expect(await voidInvoice(finance, wish as never, world)).toMatchObject({ ok: true });
    expect(await amountsOf("invoice_voided")).toEqual([money(1_234n, "USD")]);
  });

  it("of money by bank from nobody known", async () => {
    const finance = await makeStaff(world, "finance");
    const receipt = {
      id: newId<BankReceiptId>(world.clock),
      amount: money(4_200n, "EUR"),
      valueDate: "2026-01-05" as CalendarDay,
      reference: "TRX 77",
      sender: "Gänsehof GbR",
      userId: finance.userId,
    };
    expect(await recordUnmatchedReceipt(world, world.staff, receipt)).toMatchObject({ ok: true });
    expect(await amountsOf("bank_unmatched")).toEqual([money(4_200n, "EUR")]);
  });

  it("of a payment that was begun, and of one that staff decide on", async () => {
    const finance = await makeStaff(world, "finance");
    const customer = await makeCustomer(world);
    const { customerId } = customer;
    const invoice = await makeInvoice(world, customer, 700n);
    await giveBalance(world, customer, 700n);
    const input = balancePlan(world, [invoice.id], 700n);
    expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ ok: true });
    for (const begun of ["payment_started", "auto_pay_started", "top_up_started"]) {
      await world.staff.sql.begin(async (sql) => {
        await sql`select set_config('mallard.customer', ${customerId}, true)`;
        await sql`
          insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
          values (${customerId}, ${newId(world.clock)}, ${world.clock.now()}, 'staff', ${finance.userId}, 'invoice',
            ${invoice.id}, ${begun}, ${sql.json({ paymentId: input.paymentId })}, false)`;
      });
      expect(await amountsOf(begun), begun).toContainEqual(money(700n, "USD"));
    }
    for (const decision of ["proposed", "confirmed", "withdrawn"]) {
      const verb = `payment_ruling_${decision}`;
      const detail = { paymentId: input.paymentId };
      await world.staff.sql.begin(async (sql) => {
        await sql`select set_config('mallard.customer', ${customerId}, true)`;
        await recordActivity(world, sql as never, { customerId, userId: finance.userId, verb, detail });
      });
      expect(await amountsOf(verb), verb).toEqual([money(700n, "USD")]);
    }
  });
});
