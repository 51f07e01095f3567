import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import type { StaffRole } from "@/lib/auth/actor";
import { houseCustomerId } from "@/lib/billing/house";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { payDirect } from "@/lib/portal/pay";
import { makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import { openQuietStripe, type QuietStripeScene } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import { closeTask } from "./close-task";
import { recordActivity } from "./record-activity";
import { replayParkedEvent } from "./replay-parked-event";
import type { StaffActor } from "./shapes";
import { showDesk } from "./show-desk";
import { syncPayment } from "./sync-payment";

let scene: QuietStripeScene;

beforeAll(async () => {
  scene = await openQuietStripe();
});

afterAll(() => scene.close());

function staff(role: StaffRole): StaffActor {
  return { userId: newId<UserId>(), sessionId: newId<SessionId>(), role };
}

async function openPayment() {
  const { world } = scene;
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 2_500n);
  const input = plan(world, [invoice.id], { cardMinor: 2_500n });
  await payDirect(customer.actor, input, world);
  const [row] = await world.jobs.sql`select stripe_session_id from payments where id = ${input.paymentId}`;
  const ref = { customerId: customer.customerId, paymentId: input.paymentId as never };
  return { ref, invoice, sessionId: row?.stripe_session_id as string };
}

async function parkEvent(id: string) {
  const { sql } = scene.world.jobs;
  const now = scene.world.clock.now();
  await sql`
    insert into stripe_events (id, type, is_livemode, created_at, received_at, source, payload)
    values (${id}, 'refund.created', false, ${now}, ${now}, 'webhook', '{}')`;
  await sql`
    insert into event_runs (event_id, state, reason, updated_at) values (${id}, 'parked', 'no_handler', ${now})`;
}

describe("the desk", () => {
  it("settles a payment when staff sync it, once", async () => {
    const { ref, invoice, sessionId } = await openPayment();
    await scene.control.pay(sessionId);
    expect(await syncPayment(staff("support"), ref, scene.world)).toEqual({
      ok: true,
      value: { state: "succeeded" },
    });
    expect(await syncPayment(staff("admin"), ref, scene.world)).toEqual({
      ok: true,
      value: { state: "succeeded" },
    });
    const [row] = await scene.world.jobs.sql`select state from invoices where id = ${invoice.id}`;
    expect(row?.state).toBe("paid");
  });

  it("shows payments under way and parked events, and puts an event back to work", async () => {
    const { ref } = await openPayment();
    await parkEvent("evt_parked_1");
    const desk = await showDesk(staff("auditor"), scene.world);
    expect(desk.payments.map(({ id }) => id)).toContain(ref.paymentId);
    expect(desk.events.map(({ id }) => id)).toContain("evt_parked_1");
    const replayed = await replayParkedEvent(staff("support"), { eventId: "evt_parked_1" }, scene.world);
    expect(replayed.ok).toBe(true);
    const again = await replayParkedEvent(staff("support"), { eventId: "evt_parked_1" }, scene.world);
    expect(again).toEqual({ ok: false, refusal: { code: "event_not_parked" } });
  });

  it("leads to the customer of each task and payment, and not to the house, which has no page", async () => {
    const { world } = scene;
    const actor = await makeStaff(world, "support");
    const { ref } = await openPayment();
    await transact(world.staff, {}, ({ sql }) =>
      recordActivity(world, sql, {
        customerId: null,
        userId: actor.userId,
        verb: "host_changed",
        detail: {},
      }),
    );
    const tasks = [ref.customerId, houseCustomerId].map((customerId) => ({
      customerId,
      id: newId(world.clock),
    }));
    for (const { customerId, id } of tasks) {
      await world.jobs.sql`
        insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
        values (${customerId}, ${id}, 'suspense', 'refund', ${customerId}, '{}', ${world.clock.now()})`;
    }
    const [row] = await world.staff.sql`select reference from customers where id = ${ref.customerId}`;
    const desk = await showDesk(actor, world);
    const shown = tasks.map(({ id }) => desk.tasks.find((task) => task.id === id)?.customerReference);
    expect(shown).toEqual([row?.reference, null]);
    const payment = desk.payments.find(({ id }) => id === ref.paymentId);
    expect(payment?.customerReference).toBe(row?.reference);
  });

  it("lets one of two close a task, and tells the other", async () => {
    const { world } = scene;
    const { customerId } = await makeCustomer(world);
    const taskId = newId<never>(world.clock);
    await world.jobs.sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${customerId}, ${taskId}, 'late_success', 'customer', ${customerId}, '{}', ${world.clock.now()})`;
    const both = await Promise.all([
      closeTask(staff("support"), { customerId, taskId }, world),
      closeTask(staff("finance"), { customerId, taskId }, world),
    ]);
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  it("lets an auditor look and do nothing else", async () => {
    const { ref } = await openPayment();
    await parkEvent("evt_parked_2");
    const refused = { ok: false, refusal: { code: "not_allowed" } };
    expect(await syncPayment(staff("auditor"), ref, scene.world)).toEqual(refused);
    expect(await replayParkedEvent(staff("auditor"), { eventId: "evt_parked_2" }, scene.world)).toEqual(
      refused,
    );
    expect(
      await closeTask(staff("auditor"), { customerId: ref.customerId, taskId: newId() }, scene.world),
    ).toEqual(refused);
  });
});
