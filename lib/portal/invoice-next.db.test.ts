import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { remindCustomers } from "@/lib/jobs/remind-customers";
import { ok } from "@/lib/kernel/result";
import { makeActiveService, makeCustomer, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { showInvoice } from "./show-invoice";

const hourMs = 3_600_000;
let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

/** What the worker does in an hour, as far as it tells and stops. */
async function passHour(): Promise<void> {
  world.clock.advance(hourMs);
  await remindCustomers(world);
  const mailer = { sendMail: async () => ok({ messageId: "<1@ducky.example>" }) };
  await deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl } }, 100);
  await stopServices(world);
}

describe("what an invoice says will happen next", () => {
  it("is what then happens, hour by hour, until its service is suspended; and each reminder stands in what happened", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const [service] = await world.jobs.sql`select expires_at from services where id = ${serviceId}`;
    world.clock.set(new Date(service?.expires_at.getTime() - 7 * 24 * hourMs));
    const { number } = await makeRenewal(world, customer, serviceId);
    await passHour();
    const show = async () => {
      const shown = await showInvoice(customer.actor, number, world);
      if (!shown) throw new Error("the invoice is there");
      return shown;
    };
    const stateOf = async () => {
      const [row] = await world.jobs.sql`select state from services where id = ${serviceId}`;
      return row?.state as string;
    };
    const remindersIn = ({ timeline }: Awaited<ReturnType<typeof show>>) =>
      timeline.filter(({ verb }) => verb === "reminded").length;
    let before = await show();
    const told: string[] = [];
    for (let hour = 0; hour < 14 * 24 && (await stateOf()) === "active"; hour += 1) {
      await passHour();
      const now = world.clock.now();
      const after = await show();
      const remind = before.next.find(({ kind }) => kind === "remind");
      if (remindersIn(after) > remindersIn(before)) {
        // In the hour in which it was to be, and in no other.
        expect(now.getTime() - (remind?.at.getTime() ?? 0)).toBeLessThanOrEqual(hourMs);
        told.push("reminded");
      } else if (remind) expect(remind.at.getTime()).toBeGreaterThan(now.getTime() - hourMs);
      before = (await stateOf()) === "active" ? after : before;
    }
    expect(await stateOf()).toBe("suspended");
    const suspend = before.next.find(({ kind }) => kind === "suspend");
    expect(world.clock.now().getTime() - (suspend?.at.getTime() ?? 0)).toBeLessThanOrEqual(hourMs);
    // When it was issued, three days before it is due, and on the day.
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(remindersIn(await show())).toBe(3);
    // Suspended, it still says when the service is deleted, as the whole time before (A4).
    const { next } = await show();
    expect(next.map(({ kind }) => kind)).toEqual(["terminate"]);
    const [end] = next;
    const saidBefore = before.next.find(({ kind }) => kind === "terminate");
    expect(Math.abs((end?.at.getTime() ?? 0) - (saidBefore?.at.getTime() ?? 0))).toBeLessThanOrEqual(hourMs);
  });
});
