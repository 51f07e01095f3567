import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import { makeCustomer } from "@/lib/testing/fixtures";
import { chargedElsewhere } from "@/lib/testing/strange-charge";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { processEvent } from "./process-events";
import { recordEvents } from "./record-events";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(() => world.close());

async function runOf(eventId: string) {
  const [row] = await world.owner`select state, reason from event_runs where event_id = ${eventId}`;
  return row;
}

let made = 0;

/** Stores an event as if Stripe had sent it. */
async function store(type: string, object: object): Promise<string> {
  made += 1;
  const id = `evt_made_${made}`;
  const createdAt = world.clock.now();
  const created = Math.floor(createdAt.getTime() / 1000);
  const payload = { id, type, created, livemode: false, data: { object } };
  await recordEvents(world, [{ id, type, createdAt, isLive: false, payload }], "webhook");
  return id;
}

describe("money that goes back on a shared account", () => {
  it.each(["refund", "dispute"] as const)(
    "a %s of other business is counted, and parked for nobody",
    async (what) => {
      await world.control.holdWebhooks();
      const chargeId = await chargedElsewhere(world, 2_500n);
      const type = what === "refund" ? "refund.created" : "charge.dispute.created";
      const id = what === "refund" ? await refunded(chargeId) : (await world.control.dispute(chargeId)).id;
      const eventId = await store(type, { id, charge: chargeId });
      await processEvent(world, eventId);
      expect(await runOf(eventId)).toMatchObject({ state: "ignored", reason: "not_ours" });
      await world.control.dropWebhooks();
    },
  );

  it("one of a customer of ours waits, and is parked for staff", async () => {
    await world.control.holdWebhooks();
    const customer = await makeCustomer(world);
    const known = await ensureStripeCustomer(world, customer.customerId, async () => true);
    if (known.kind !== "known") throw new Error(known.kind);
    const named = { customerId: "", paymentId: "", stripeCustomerId: known.stripeCustomerId };
    const chargeId = await chargedElsewhere(world, 2_500n, named);
    const { id } = await world.control.dispute(chargeId);
    const eventId = await store("charge.dispute.created", { id, charge: chargeId });
    await processEvent(world, eventId);
    expect(await runOf(eventId)).toMatchObject({ state: "waiting", reason: "charge_not_booked" });
    await world.control.dropWebhooks();
  });
});

async function refunded(chargeId: string): Promise<string> {
  const made = await world.gateway.createRefund(
    { stripeChargeId: chargeId, refundId: "", customerId: "", amountMinor: "2500" },
    `elsewhere/${chargeId}`,
  );
  if (made.outcome !== "succeeded") throw new Error(made.outcome);
  return made.value.id;
}
