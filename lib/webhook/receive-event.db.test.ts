import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportMostBytes } from "@/lib/auth/body-limits";
import type { World } from "@/lib/billing/world";
import { stripeGateway } from "@/lib/gateway/stripe";
import { manualClock } from "@/lib/kernel/clock";
import { signatureHeader } from "@/lib/sandbox/webhooks/signature";
import { openOwnWorld } from "@/lib/testing/own-world";
import { type TestWorld, testSecretKey, testWebhookSecret } from "@/lib/testing/world";
import { processEvent } from "./process-events";
import { receiveEvent } from "./receive-event";

let world: TestWorld;
let made = 0;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

function eventBody(change: object = {}): string {
  made += 1;
  const created = Math.floor(world.clock.now().getTime() / 1000);
  const data = { object: { id: "cus_1", object: "customer" } };
  const event = {
    id: `evt_${made}`,
    object: "event",
    type: "customer.created",
    livemode: false,
    created,
    data,
  };
  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  return JSON.stringify({ ...event, ...change }, null, 2).replace('"@deep"', deep);
}

function nowSeconds(): number {
  return Math.floor(world.clock.now().getTime() / 1000);
}

function signed(body: string, secrets: readonly string[] = [testWebhookSecret], at = nowSeconds()): string {
  return signatureHeader(body, secrets, at);
}

function receive(body: string | Uint8Array, signature: string | null, at: World = world) {
  return receiveEvent(at, { body: new Response(body as never).body, signature }, world.clock);
}

async function countStored(): Promise<number> {
  const [row] = await world.jobs.sql`
    select (select count(*) from stripe_events) + (select count(*) from event_runs) as count`;
  return Number(row?.count);
}

async function expectRefused(answer: Promise<unknown>, status: number): Promise<void> {
  const before = await countStored();
  expect(await answer).toEqual({ kind: "refused", status });
  expect(await countStored()).toBe(before);
}

describe("a signed event", () => {
  it("is stored as it came, with its run, before it is answered", async () => {
    const body = eventBody({ type: "checkout.session.completed" });
    const { id } = JSON.parse(body);
    expect(await receive(body, signed(body))).toEqual({ kind: "recorded", eventId: id });
    const [row] = await world.jobs.sql`
      select e.type, e.source, e.payload, e.received_at, r.state, r.attempts from stripe_events e
      join event_runs r on r.event_id = e.id where e.id = ${id}`;
    expect(row).toEqual({
      type: "checkout.session.completed",
      source: "webhook",
      payload: JSON.parse(body),
      received_at: world.clock.now(),
      state: "waiting",
      attempts: 0,
    });
  });

  it("that comes twenty times at once, and again, is one row", async () => {
    const body = eventBody();
    const before = await countStored();
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive(body, signed(body))));
    answers.push(await receive(body, signed(body)));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["recorded"]));
    expect(await countStored()).toBe(before + 2);
  });

  it("is accepted under either of two secrets while one is being replaced, and under no third", async () => {
    const rotating: World = {
      ...world,
      gateway: stripeGateway({
        secretKey: testSecretKey,
        webhookSecrets: ["whsec_old", "whsec_new"],
        apiBase: "http://127.0.0.1:9",
      }),
    };
    for (const secrets of [["whsec_old"], ["whsec_new"], ["whsec_other", "whsec_new"]]) {
      const body = eventBody();
      expect(await receive(body, signed(body, secrets), rotating)).toMatchObject({ kind: "recorded" });
    }
    const body = eventBody();
    await expectRefused(receive(body, signed(body, ["whsec_other"]), rotating), 400);
  });

  it.each<[string, object, string | null]>([
    ["a zero byte in a name", { data: { object: { id: "cus_1", name: "Ada\0Duck" } } }, null],
    ["half of a pair of surrogates", { data: { object: { id: "cus_1", name: "Ada \ud83d" } } }, null],
    ["a zero byte in a key", { data: { object: { id: "cus_1", "na\0me": 1 } } }, null],
    ["20,000 nested lists", { data: { object: { id: "cus_1", list: "@deep" } } }, null],
    ["no id", { id: undefined }, "event_without_id"],
    ["an id that is none", { id: "x\0" }, "event_without_id"],
    ["an id of a million characters", { id: `evt_${"a".repeat(900_000)}` }, "event_without_id"],
    ["no type", { type: undefined }, "event_without_type"],
    ["a type that is a list", { type: ["customer.created"] }, "event_without_type"],
    ["no date", { created: undefined }, "event_without_date"],
    ["a date in words", { created: "yesterday" }, "event_without_date"],
    ["a date beyond all calendars", { created: 1e300 }, "event_without_date"],
    ["a date before all of them", { created: -1e15 }, "event_without_date"],
    ["no mode", { livemode: undefined }, "event_without_mode"],
    ["a mode in words", { livemode: "false" }, "event_without_mode"],
  ])("with %s is recorded once, and parked if it cannot be acted on", async (_, change, reason) => {
    const body = eventBody(change);
    const before = await countStored();
    const received = await receive(body, signed(body));
    expect(received.kind).toBe("recorded");
    expect(await receive(body, signed(body))).toEqual(received);
    expect(await countStored()).toBe(before + 2);
    const { eventId } = received as { eventId: string };
    await processEvent(world, eventId);
    const [run] = await world.jobs.sql`select state, reason from event_runs where event_id = ${eventId}`;
    const ignored = { state: "ignored", reason: "type_not_used" };
    expect(run).toEqual(reason ? { state: "parked", reason } : ignored);
  });

  it.each([
    "{",
    "not found",
    "null",
    "[]",
    "7",
    '"evt_1"',
    "{}",
    '{"object":"customer","id":"evt_x"}',
    '{"__proto__":{"object":"event","id":"evt_y","type":"customer.created"}}',
    '{"id":"evt_z","type":"customer.created","created":1,"livemode":false}',
    `{"note":"${"x".repeat(900_000)}`,
  ])("that is none is recorded once, and parked: %s", async (body) => {
    const before = await countStored();
    const received = await receive(body, signed(body));
    expect(received.kind).toBe("recorded");
    expect(await receive(body, signed(body))).toEqual(received);
    expect(await countStored()).toBe(before + 2);
    const { eventId } = received as { eventId: string };
    await processEvent(world, eventId);
    const [run] = await world.jobs.sql`
      select r.state, r.reason, e.payload from event_runs r join stripe_events e on e.id = r.event_id
      where event_id = ${eventId}`;
    const payload = { mallard_not_an_event: expect.anything() };
    expect(run).toMatchObject({ state: "parked", reason: "event_malformed", payload });
  });

  it.each([-400, 1, 90])(
    "is as old as the clock on the wall says, with the demo's clock %i days off",
    async (days) => {
      const clock = manualClock(new Date(Date.now() + days * 86_400_000));
      const body = eventBody();
      const onTheWall = Math.floor(Date.now() / 1000);
      const deliver = (at: number) =>
        receiveEvent(
          { ...world, clock },
          { body: new Response(body).body, signature: signed(body, undefined, at) },
        );
      const byDemo = Math.floor(clock.now().getTime() / 1000);
      expect(await deliver(byDemo)).toEqual({ kind: "refused", status: 400 });
      expect(await deliver(onTheWall)).toMatchObject({ kind: "recorded" });
    },
  );

  it.each([-300, -299, 0, 299, 300])("%i seconds from now is accepted", async (seconds) => {
    const body = eventBody();
    const signature = signed(body, undefined, nowSeconds() + seconds);
    expect(await receive(body, signature)).toMatchObject({ kind: "recorded" });
  });

  it.each([-100_000, -301, 301, 100_000])("%i seconds from now is refused", async (seconds) => {
    const body = eventBody();
    await expectRefused(receive(body, signed(body, undefined, nowSeconds() + seconds)), 400);
  });
});

describe("what nobody signed", () => {
  it.each<[string, (body: string) => string | null]>([
    ["no signature", () => null],
    ["an empty one", () => ""],
    ["no timestamp", (body) => signed(body).replace(/^t=\d+,/, "")],
    ["no digest", (body) => signed(body).split(",")[0] as string],
    ["another secret", (body) => signed(body, ["whsec_another"])],
    ["an older scheme", (body) => signed(body).replace("v1=", "v0=")],
    ["a timestamp that was altered", (body) => signed(body).replace(/t=(\d+)/, `t=${nowSeconds() + 1}`)],
    ["a digest of something else", (body) => signed(`${body} `)],
    ["the secret itself", () => `t=${nowSeconds()},v1=${testWebhookSecret}`],
    ["nonsense", () => "🦆=🦆,t=NaN,v1="],
  ])("is refused: %s", async (_, signature) => {
    const body = eventBody();
    await expectRefused(receive(body, signature(body)), 400);
  });

  it("is refused if one byte of the body was altered", async () => {
    const body = eventBody();
    await expectRefused(receive(body.replace("cus_1", "cus_2"), signed(body)), 400);
    await expectRefused(receive(JSON.stringify(JSON.parse(body)), signed(body)), 400);
  });

  it("is refused as nothing at all, signed or not", async () => {
    await expectRefused(receive("", signed("")), 400);
  });

  it("is refused without a body", async () => {
    await expectRefused(receiveEvent(world, { body: null, signature: signed("") }), 400);
  });
});

describe("a body that is too large", () => {
  it("is refused while it streams in, and not read to its end", async () => {
    let pulled = 0;
    let isCanceled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(100_000));
      },
      cancel() {
        isCanceled = true;
      },
    });
    await expectRefused(receiveEvent(world, { body, signature: "t=1,v1=1" }), 413);
    expect(isCanceled).toBe(true);
    expect(pulled).toBeLessThanOrEqual(reportMostBytes / 100_000 + 2);
  });

  it("is too large by one byte, and not before", async () => {
    const padded = (bytes: number) => eventBody().padEnd(bytes, " ");
    const most = padded(reportMostBytes);
    expect(await receive(most, signed(most))).toMatchObject({ kind: "recorded" });
    const more = padded(reportMostBytes + 1);
    await expectRefused(receive(more, signed(more)), 413);
  });
});
