import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renewPayLink as renewByStaff } from "@/lib/admin/renew-pay-link";
import type { StaffActor } from "@/lib/admin/shapes";
import { readPayLink } from "@/lib/billing/payment/pay-link";
import { newId, type SessionId } from "@/lib/kernel/id";
import { makeCustomer, makeInvoice, payLinkToken, type TestCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { invoicePayLink, renewPayLink } from "./invoice-pay-link";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

function generationIn(answer: { ok: true; value: { url: string } } | { ok: false }): number | undefined {
  const url = answer.ok ? answer.value.url : "";
  return readPayLink(world.payLinkKey, payLinkToken(url))?.generation;
}

async function recordOf({ customerId }: TestCustomer) {
  const rows = await world.jobs.sql`
    select actor, user_id, is_visible from activities where customer_id = ${customerId} and verb = 'pay_links_revoked'
    order by id`;
  return rows.map(({ actor, user_id }) => ({ actor, userId: user_id }));
}

function staff(role: StaffActor["role"], { actor: { userId } }: TestCustomer): StaffActor {
  return { userId, sessionId: newId<SessionId>(), role };
}

describe("the pay link of one's own invoice", () => {
  it("is the same until a new one is made, by oneself or by staff, each recorded", async () => {
    const customer = await makeCustomer(world, { role: "billing" });
    const { id: invoiceId } = await makeInvoice(world, customer, 2340n);
    const { actor, customerId } = customer;
    const first = await invoicePayLink(actor, { invoiceId }, world);
    expect(await invoicePayLink(actor, { invoiceId }, world)).toEqual(first);
    expect(generationIn(first)).toBe(0);
    const second = await renewPayLink(actor, { invoiceId }, world);
    expect(generationIn(second)).toBe(1);
    expect(await invoicePayLink(actor, { invoiceId }, world)).toEqual(second);
    const third = await renewByStaff(staff("support", customer), { customerId, invoiceId }, world);
    expect(generationIn(third)).toBe(2);
    expect(await invoicePayLink(actor, { invoiceId }, world)).toEqual(third);
    const { userId } = actor;
    expect(await recordOf(customer)).toEqual([
      { actor: "customer", userId },
      { actor: "staff", userId },
    ]);
  });

  it("made anew by ten at once has ten generations more: no two of them are the same", async () => {
    const customer = await makeCustomer(world);
    const { id: invoiceId } = await makeInvoice(world, customer, 2340n);
    const made = await Promise.all(
      Array.from({ length: 10 }, () => renewPayLink(customer.actor, { invoiceId }, world)),
    );
    const generations = made.map(generationIn).sort((a = 0, b = 0) => a - b);
    expect(generations).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("is neither shown nor revoked for a viewer, for somebody else's, and for staff who only read", async () => {
    const customer = await makeCustomer(world);
    const { id: invoiceId } = await makeInvoice(world, customer, 2340n);
    const viewer = await makeCustomer(world, { role: "viewer" });
    const { id: seenInvoice } = await makeInvoice(world, viewer, 2340n);
    const other = await makeCustomer(world);
    const attempts = [
      [viewer.actor, seenInvoice, "not_allowed"],
      [other.actor, invoiceId, "invoice_not_found"],
      [other.actor, "none", "invoice_not_found"],
    ] as const;
    for (const [actor, id, code] of attempts) {
      for (const act of [invoicePayLink, renewPayLink]) {
        expect(await act(actor, { invoiceId: id }, world)).toEqual({ ok: false, refusal: { code } });
      }
    }
    const auditor = staff("auditor", customer);
    const { customerId } = customer;
    expect(await renewByStaff(auditor, { customerId, invoiceId }, world)).toEqual({
      ok: false,
      refusal: { code: "not_allowed" },
    });
    expect(await recordOf(customer)).toEqual([]);
  });

  it("is there while something is due, and no longer", async () => {
    const customer = await makeCustomer(world);
    const { id: invoiceId, number } = await makeInvoice(world, customer, 2340n);
    await world.staff.sql`
      update invoices set state = 'void', amount_credited_minor = total_minor where id = ${invoiceId}`;
    for (const act of [invoicePayLink, renewPayLink]) {
      expect(await act(customer.actor, { invoiceId }, world)).toEqual({
        ok: false,
        refusal: { code: "invoice_not_open", number },
      });
    }
  });
});
