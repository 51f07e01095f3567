import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import { balancePlan, giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { payFromBalance } from "./pay";
import { showPayPanel } from "./show-pay-panel";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

describe("several invoices, paid together", () => {
  it("are due with their sum, from a balance that may not reach", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 1000n);
    const first = await makeInvoice(world, customer, 1200n);
    const second = await makeInvoice(world, customer, 800n);
    const shown = await showPayPanel(customer.actor, { invoiceIds: [first.id, second.id, first.id] }, world);
    expect(shown).toMatchObject({
      ok: true,
      value: {
        due: { minor: 2000n },
        available: { minor: 1000n },
        shortBy: { minor: 1000n },
        fromBalance: null,
        direct: { balanceMinor: "0", cardMinor: "2000", excessMinor: "0" },
        combined: { balanceMinor: "1000", cardMinor: "1000", excessMinor: "0" },
        open: null,
        canPay: true,
      },
    });
    expect(shown.ok && shown.value.invoices.map(({ number }) => number).sort()).toEqual(
      [first.number, second.number].sort(),
    );
  });

  it("are refused when there is none, an unknown one, another customer's, or one that was paid meanwhile", async () => {
    const customer = await makeCustomer(world);
    const mine = await makeInvoice(world, customer, 500n);
    const theirs = await makeInvoice(world, await makeCustomer(world), 500n);
    const ask = (invoiceIds: string[]) => showPayPanel(customer.actor, { invoiceIds }, world);
    expect(await ask([])).toMatchObject({ refusal: { code: "nothing_chosen" } });
    for (const other of [theirs.id, newId(world.clock), "' or true"]) {
      expect(await ask([mine.id, other])).toEqual({ ok: false, refusal: { code: "invoice_not_found" } });
    }
    await giveBalance(world, customer, 500n);
    await payFromBalance(customer.actor, balancePlan(world, [mine.id], 500n), world);
    expect(await ask([mine.id])).toMatchObject({ refusal: { code: "invoice_not_open", state: "paid" } });
  });

  it("show a viewer what is due and that paying is not theirs", async () => {
    const viewer = await makeCustomer(world, { role: "viewer" });
    const invoice = await makeInvoice(world, viewer, 500n);
    const shown = await showPayPanel(viewer.actor, { invoiceIds: [invoice.id] }, world);
    expect(shown).toMatchObject({ ok: true, value: { canPay: false } });
  });
});
