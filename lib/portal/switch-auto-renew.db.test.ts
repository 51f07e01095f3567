import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/id";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeOrder,
  makePlan,
  makeRenewal,
} from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { balanceOf, expectBooksBalance } from "@/lib/testing/payment-facts";
import type { TestWorld } from "@/lib/testing/world";
import { switchAutoRenew } from "./switch-auto-renew";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld({ max: 20 });
});

afterEach(() => expectBooksBalance(world));

afterAll(() => world.close());

/** A service with auto-renew off, and the open invoice of its next term. */
async function openRenewal(balance: bigint) {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world));
  const invoice = await makeRenewal(world, customer, serviceId);
  if (balance > 0n) await giveBalance(world, customer, balance);
  return { customer, serviceId, invoice };
}

async function factsOf(serviceId: string) {
  const [row] = await world.jobs.sql`
    select s.is_auto_renew, (select count(*)::int from terms t where t.service_id = s.id) as terms
    from services s where s.id = ${serviceId}`;
  return row;
}

describe("switching auto-renew", () => {
  it("on counts as money arriving: what waits and is covered is paid in the same moment", async () => {
    const { customer, serviceId, invoice } = await openRenewal(1000n);
    const answer = await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: true }, world);
    expect(answer).toEqual({ ok: true, value: { paid: [invoice.number] } });
    expect(await factsOf(serviceId)).toEqual({ is_auto_renew: true, terms: 2 });
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
  });

  it("on takes nothing where the balance does not cover the invoice in full", async () => {
    const { customer, serviceId } = await openRenewal(999n);
    const answer = await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: true }, world);
    expect(answer).toEqual({ ok: true, value: { paid: [] } });
    expect(await factsOf(serviceId)).toEqual({ is_auto_renew: true, terms: 1 });
    expect(await balanceOf(world, customer)).toEqual({ posted: 999n, held: 0n });
  });

  it("off leaves the balance and the invoice alone", async () => {
    const { customer, serviceId } = await openRenewal(0n);
    await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: true }, world);
    await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: false }, world);
    await giveBalance(world, customer, 1000n);
    expect(await factsOf(serviceId)).toEqual({ is_auto_renew: false, terms: 1 });
  });

  it("twenty times at once pays once", async () => {
    const { customer, serviceId, invoice } = await openRenewal(2000n);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        switchAutoRenew(customer.actor, { serviceId, isAutoRenew: true }, world),
      ),
    );
    const paid = answers.flatMap((answer) => (answer.ok ? answer.value.paid : ["refused"]));
    expect(paid).toEqual([invoice.number]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 1000n, held: 0n });
  });

  it("is recorded once, and not where it was so already", async () => {
    const { customer, serviceId } = await openRenewal(0n);
    await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: false }, world);
    await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: true }, world);
    await switchAutoRenew(customer.actor, { serviceId, isAutoRenew: true }, world);
    const rows = await world.jobs.sql`
      select verb from activities where subject_id = ${serviceId} and verb like 'auto_renew%'`;
    expect(rows.map(({ verb }) => verb)).toEqual(["auto_renew_on"]);
  });

  it("is refused for what is unknown, another customer's, or has ended, and to who only looks", async () => {
    const { customer, serviceId } = await openRenewal(0n);
    const stranger = await makeCustomer(world);
    const viewer = await makeCustomer(world, { role: "viewer" });
    const own = await makeOrder(world, viewer, await makePlan(world));
    const codeOf = async (actor: typeof customer.actor, id: string) => {
      const answer = await switchAutoRenew(actor, { serviceId: id, isAutoRenew: true }, world);
      return answer.ok ? "ok" : answer.refusal.code;
    };
    expect(await codeOf(customer.actor, newId())).toBe("service_not_found");
    expect(await codeOf(customer.actor, "none")).toBe("service_not_found");
    expect(await codeOf(stranger.actor, serviceId)).toBe("service_not_found");
    expect(await codeOf(viewer.actor, own.serviceId)).toBe("not_allowed");
    await world.jobs.sql`update services set state = 'terminated' where id = ${serviceId}`;
    expect(await codeOf(customer.actor, serviceId)).toBe("service_ended");
    expect(await factsOf(serviceId)).toMatchObject({ is_auto_renew: false });
    await world.jobs.sql`update services set state = 'active' where id = ${serviceId}`;
  });
});
