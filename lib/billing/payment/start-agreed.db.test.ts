import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { payCombined, payDirect, payFromBalance } from "@/lib/portal/pay";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

/** Payments, claims and what is held: nothing of it may be left by what did not start. */
async function begunBy({ customerId }: TestCustomer) {
  const [row] = await world.jobs.sql`
    select (select count(*)::int from payments where customer_id = ${customerId}) as payments,
      (select count(*)::int from invoice_claims where customer_id = ${customerId}) as claims,
      (select coalesce(sum(held_minor), 0)::int from balances where customer_id = ${customerId}) as held`;
  return row;
}

const nothing = { payments: 0, claims: 0, held: 0 };

describe("a plan that is not the one that was shown", () => {
  it.each([
    ["balance", { balanceMinor: 299n, cardMinor: 900n }],
    ["card", { balanceMinor: 300n, cardMinor: 899n }],
    ["excess", { balanceMinor: 300n, cardMinor: 900n, excessMinor: 1n }],
  ])("in its %s starts nothing, and is answered with the one that holds", async (_, amounts) => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 300n);
    const invoice = await makeInvoice(world, customer, 1200n);
    const input = { ...plan(world, [invoice.id], amounts), useBalance: "all" as const };
    expect(await payCombined(customer.actor, input, world)).toEqual({
      ok: false,
      refusal: {
        code: "plan_changed",
        due: { minor: 1200n, currency: "USD" },
        plan: { balanceMinor: "300", cardMinor: "900", excessMinor: "0" },
      },
    });
    expect(await begunBy(customer)).toEqual(nothing);
  });

  it("because more is due than was shown starts nothing, from the balance and by card", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 1200n);
    const changed = { ok: false, refusal: { code: "plan_changed" } };
    const less = plan(world, [invoice.id], { balanceMinor: 1100n });
    expect(await payFromBalance(customer.actor, less, world)).toMatchObject(changed);
    const lessByCard = plan(world, [invoice.id], { cardMinor: 1100n });
    expect(await payDirect(customer.actor, lessByCard, world)).toMatchObject(changed);
    expect(await begunBy(customer)).toEqual(nothing);
  });

  it("because an earlier term of the same service is open starts nothing, though the amounts were right", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const first = await makeRenewal(world, customer, serviceId);
    const [line] = await world.jobs
      .sql`select term_ends_at from invoice_lines where invoice_id = ${first.id}`;
    const [service] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    // As "renew now" bills the term after an open one.
    await world.jobs.sql`update services set expires_at = ${line?.term_ends_at} where id = ${serviceId}`;
    const second = await makeRenewal(world, customer, serviceId);
    await world.jobs.sql`update services set expires_at = ${service?.expires_at} where id = ${serviceId}`;
    await giveBalance(world, customer, 9000n);
    const before = await begunBy(customer);
    for (const minor of [1000n, 2000n]) {
      const input = plan(world, [second.id], { balanceMinor: minor });
      expect(await payFromBalance(customer.actor, input, world)).toMatchObject({
        refusal: { code: "plan_changed", due: { minor: 2000n } },
      });
    }
    expect(await begunBy(customer)).toEqual(before);
    const both = plan(world, [second.id, first.id], { balanceMinor: 2000n });
    expect(await payFromBalance(customer.actor, both, world)).toMatchObject({ ok: true });
  });
});

describe("an invoice that is closed", () => {
  it.each(["paid", "void", "written_off"])(
    "(%s) is not paid again, alone or with one that is open",
    async (state) => {
      const customer = await makeCustomer(world);
      const [open, closed] = [
        await makeInvoice(world, customer, 700n),
        await makeInvoice(world, customer, 500n),
      ];
      await giveBalance(world, customer, 5000n);
      await world.jobs.sql`
      update invoices set state = ${state}, amount_paid_minor = case ${state} when 'paid' then total_minor else 0 end,
        amount_credited_minor = case ${state} when 'void' then total_minor else 0 end,
        paid_at = case ${state} when 'paid' then ${world.clock.now()}::timestamptz end
      where id = ${closed.id}`;
      const refusal = { code: "invoice_not_open", number: closed.number, state };
      for (const ids of [[closed.id], [open.id, closed.id]]) {
        for (const minor of [500n, 700n, 1200n]) {
          const byBalance = plan(world, ids, { balanceMinor: minor });
          expect(await payFromBalance(customer.actor, byBalance, world)).toEqual({ ok: false, refusal });
          const byCard = plan(world, ids, { cardMinor: minor });
          expect(await payDirect(customer.actor, byCard, world)).toEqual({ ok: false, refusal });
        }
      }
      expect(await begunBy(customer)).toEqual(nothing);
    },
  );
});
