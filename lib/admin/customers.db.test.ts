import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffRole } from "@/lib/auth/actor";
import { newId, type SessionId } from "@/lib/kernel/id";
import { checkBooks } from "@/lib/ledger/books";
import { payCombined } from "@/lib/portal/pay";
import {
  bankBalance,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openQuietStripe } from "@/lib/testing/quiet-stripe";
import { raiseDebt } from "@/lib/testing/raise-debt";
import { makeStaff } from "@/lib/testing/staff";
import { changeGoodwill } from "./change-goodwill";
import { findCustomers } from "./find-customers";
import type { StaffActor } from "./shapes";
import { showCustomer } from "./show-customer";
import { voidInvoice } from "./void-invoice";

async function openScene() {
  const scene = await openQuietStripe();
  const { userId } = await makeStaff(scene.world, "admin", "Sam Drake");
  const staff = (role: StaffRole): StaffActor => ({ userId, sessionId: newId<SessionId>(), role });
  return { ...scene, staff };
}

let scene: Awaited<ReturnType<typeof openScene>>;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

async function books(customer: TestCustomer) {
  const { world } = scene;
  const checked = await checkBooks(world.jobs, {
    full: true,
    customers: [customer.customerId],
    now: world.clock.now(),
  });
  return checked.invariants.flatMap(({ violations }) => violations);
}

async function balanceOf({ customerId }: TestCustomer) {
  const [row] = await scene.world.jobs.sql`
    select posted_minor, held_minor from balances where customer_id = ${customerId}`;
  return { posted: row?.posted_minor, held: row?.held_minor };
}

function goodwill(
  customer: TestCustomer,
  role: StaffRole,
  wish: Partial<Parameters<typeof changeGoodwill>[1]>,
) {
  const { customerId, currency } = customer;
  const change = { amount: "10", way: "give" as const, reason: "an outage", changeId: newId() };
  const input = { customerId, currency, ...change, ...wish };
  return changeGoodwill(scene.staff(role), input, scene.world);
}

describe("goodwill", () => {
  it("settles an open auto-renew invoice when it arrives", async () => {
    const { world } = scene;
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const invoice = await makeRenewal(world, customer, serviceId);
    expect(await goodwill(customer, "finance", { amount: "12.50" })).toMatchObject({
      value: { amount: { minor: 1_250n }, spent: { minor: 1_000n } },
    });
    const [row] = await world.jobs.sql`select state from invoices where id = ${invoice.id}`;
    expect(row?.state).toBe("paid");
    expect(await balanceOf(customer)).toEqual({ posted: 250n, held: 0n });
    expect(await books(customer)).toEqual([]);
  });

  it("is taken back at most as far as it is available", async () => {
    const customer = await makeCustomer(scene.world);
    await giveBalance(scene.world, customer, 1_000n);
    const tooMuch = await goodwill(customer, "finance", { way: "take_back", amount: "10.01" });
    expect(tooMuch).toMatchObject({ ok: false, refusal: { code: "goodwill_above_available" } });
    expect((await goodwill(customer, "finance", { way: "take_back", amount: "4" })).ok).toBe(true);
    expect(await balanceOf(customer)).toEqual({ posted: 600n, held: 0n });
    expect(await books(customer)).toEqual([]);
  });

  it("that is taken back is no more than was given, less what was taken back", async () => {
    const customer = await makeCustomer(scene.world);
    await bankBalance(scene.world, customer, 4_000n);
    await giveBalance(scene.world, customer, 1_000n);
    const back = (amount: string) => goodwill(customer, "finance", { way: "take_back", amount });
    const most = { minor: 1_000n, currency: "USD" };
    expect(await back("40")).toEqual({ ok: false, refusal: { code: "goodwill_above_given", most } });
    expect((await back("4")).ok).toBe(true);
    expect(await back("6.01")).toMatchObject({ refusal: { most: { minor: 600n } } });
    expect((await back("6")).ok).toBe(true);
    expect(await balanceOf(customer)).toEqual({ posted: 4_000n, held: 0n });
    expect(await books(customer)).toEqual([]);
  });

  it("has on the page the very figure that a refusal names, whichever bounds it", async () => {
    const { world } = scene;
    for (const bankMinor of [4_000n, 0n]) {
      const customer = await makeCustomer(world);
      if (bankMinor > 0n) await bankBalance(world, customer, bankMinor);
      await giveBalance(world, customer, 1_200n);
      const [row] = await world.jobs.sql`select reference from customers where id = ${customer.customerId}`;
      const shown = await showCustomer(scene.staff("finance"), { reference: row?.reference }, world);
      expect(shown?.balances).toMatchObject([{ credit: { minor: 1_200n } }]);
      const answer = await goodwill(customer, "finance", { way: "take_back", amount: "9999" });
      const named = answer.ok ? {} : answer.refusal;
      expect(Object.values(named)).toContainEqual({ minor: 1_200n, currency: "USD" });
    }
  });

  it("that is sent twice, at once or again after a cut answer, is given once and taken back once", async () => {
    const customer = await makeCustomer(scene.world);
    const gift = { changeId: newId() };
    const given = await Promise.all(Array.from({ length: 8 }, () => goodwill(customer, "finance", gift)));
    expect((await goodwill(customer, "finance", gift)).ok).toBe(true);
    expect(given.every(({ ok }) => ok)).toBe(true);
    expect(await balanceOf(customer)).toEqual({ posted: 1_000n, held: 0n });
    const back = { way: "take_back" as const, amount: "4", changeId: newId() };
    for (const _ of [1, 2]) expect((await goodwill(customer, "finance", back)).ok).toBe(true);
    expect(await balanceOf(customer)).toEqual({ posted: 600n, held: 0n });
    expect((await goodwill(customer, "finance", {})).ok).toBe(true);
    expect(await balanceOf(customer)).toEqual({ posted: 1_600n, held: 0n });
  });

  it.each([
    [{ reason: "  " }, "reason_missing"],
    [{ reason: "x".repeat(501) }, "reason_too_long"],
    [{ amount: "0" }, "goodwill_zero"],
    [{ amount: "1e9" }, "amount_malformed"],
    [{ amount: "99999999" }, "goodwill_too_large"],
    [{ currency: "XXX" }, "amount_malformed"],
  ])("refuses %j with %s, and changes nothing", async (wish, code) => {
    const customer = await makeCustomer(scene.world);
    await giveBalance(scene.world, customer, 1_000n);
    expect(await goodwill(customer, "finance", wish)).toMatchObject({ ok: false, refusal: { code } });
    expect(await balanceOf(customer)).toEqual({ posted: 1_000n, held: 0n });
  });

  it.each(["support", "auditor"] as const)("is not for %s", async (role) => {
    const customer = await makeCustomer(scene.world);
    expect(await goodwill(customer, role, {})).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});

describe("staff void an invoice", () => {
  it("with a reason, after closing the payment under way, and what it held is free again", async () => {
    const { world, staff } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 900n);
    await giveBalance(world, customer, 300n);
    await payCombined(
      customer.actor,
      plan(world, [invoice.id], { balanceMinor: 300n, cardMinor: 600n }),
      world,
    );
    expect(await balanceOf(customer)).toEqual({ posted: 300n, held: 300n });
    const input = { customerId: customer.customerId, invoiceId: invoice.id, reason: "billed by mistake" };
    expect(await voidInvoice(staff("finance"), input, world)).toMatchObject({ ok: true });
    expect(await balanceOf(customer)).toEqual({ posted: 300n, held: 0n });
    expect(await books(customer)).toEqual([]);
  });

  it("lets one of two win, and tells the other", async () => {
    const { world, staff } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 900n);
    const input = { customerId: customer.customerId, invoiceId: invoice.id, reason: "billed by mistake" };
    const both = await Promise.all([
      voidInvoice(staff("finance"), input, world),
      voidInvoice(staff("admin"), input, world),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({
      refusal: { code: "invoice_not_open", state: "void" },
    });
    expect(await books(customer)).toEqual([]);
  });

  it("is refused without a reason, and to support and auditors", async () => {
    const { world, staff } = scene;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 900n);
    const input = { customerId: customer.customerId, invoiceId: invoice.id, reason: "" };
    expect(await voidInvoice(staff("finance"), input, world)).toEqual({
      ok: false,
      refusal: { code: "reason_missing" },
    });
    for (const role of ["support", "auditor"] as const) {
      const refused = await voidInvoice(staff(role), { ...input, reason: "why" }, world);
      expect(refused).toEqual({ ok: false, refusal: { code: "not_allowed" } });
    }
  });
});

describe("customers for staff", () => {
  it("are found by name, by reference and by the number of an invoice, and shown whole", async () => {
    const { world, staff } = scene;
    const customer = await makeCustomer(world, { name: "100%_Wren & Söhne" });
    const invoice = await makeInvoice(world, customer, 900n);
    const found = async (text: string) =>
      (await findCustomers(staff("auditor"), { text }, world)).map(({ id }) => id);
    expect(await found("100%_wren")).toEqual([customer.customerId]);
    expect(await found(invoice.number.toLowerCase())).toEqual([customer.customerId]);
    const [, series, sequence] = /^(.*)-0*(\d+)$/.exec(invoice.number) ?? [];
    expect(await found(`${series}-${sequence}`)).toEqual([customer.customerId]);
    expect(await found(sequence ?? "")).toContain(customer.customerId);
    expect(await found("nobody of that name")).toEqual([]);
    expect(await found("100%_wren\0")).toEqual([customer.customerId]);
    const [row] = await findCustomers(staff("auditor"), { text: "100%_wren" }, world);
    const picture = await showCustomer(staff("auditor"), { reference: row?.reference ?? "" }, world);
    expect(picture?.invoices).toMatchObject([
      { number: invoice.number, remaining: { minor: 900n }, state: "open", status: "open" },
    ]);
    world.clock.advance(60 * 86_400_000);
    const later = await showCustomer(staff("auditor"), { reference: row?.reference ?? "" }, world);
    expect(later?.invoices).toMatchObject([{ state: "open", status: "past_due" }]);
    expect(later?.owed).toMatchObject([
      { amount: { minor: 900n }, pastDue: { minor: 900n }, debt: { minor: 0n } },
    ]);
    expect(await showCustomer(staff("auditor"), { reference: "C-0" }, world)).toBeNull();
  });

  it("owe their debt from lost disputes in every figure", async () => {
    const { world, staff } = scene;
    const owner = postgres(scene.databaseUrl, {
      max: 1,
      onnotice: () => {},
      types: { bigint: postgres.BigInt },
    });
    const customer = await makeCustomer(world, { name: "Debtor of the pond" });
    await makeInvoice(world, customer, 900n);
    await raiseDebt(owner, customer.customerId, 2220n);
    await owner.end();
    const [row] = await findCustomers(staff("auditor"), { text: "Debtor of the pond" }, world);
    expect(row).toMatchObject({ owed: { minor: 3120n }, available: { minor: 0n } });
    const picture = await showCustomer(staff("auditor"), { reference: row?.reference ?? "" }, world);
    expect(picture?.owed).toMatchObject([
      { amount: { minor: 3120n }, pastDue: { minor: 0n }, debt: { minor: 2220n } },
    ]);
  });
});
