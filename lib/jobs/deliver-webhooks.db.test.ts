import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  addEndpoint,
  disableEndpoint,
  renewEndpointSecret,
  replayDelivery,
  showWebhooks,
} from "@/lib/admin/webhooks";
import type { StaffActor } from "@/lib/auth/actor";
import { newEndpointSecret } from "@/lib/billing/webhook/endpoint-secret";
import { attemptsMost } from "@/lib/billing/webhook/retry-delays";
import { systemClock } from "@/lib/kernel/clock";
import { newId, type ServiceId, type SessionId, type UserId } from "@/lib/kernel/id";
import { startPanel } from "@/lib/sandbox/panel/panel";
import { createTestDatabase } from "@/lib/testing/database";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { payFromBalance } from "../portal/pay";
import { deliverOutbox } from "./deliver-outbox";
import { deliverWebhooks } from "./deliver-webhooks";

interface Received {
  headers: Record<string, string>;
  body: string;
  event: { type: string; timestamp: string; data: Record<string, string> };
}

let world: TestWorld;
let drop: () => Promise<void>;
let receiver: Server;
let url: string;
let received: Received[];
/** What the host's panel answers: an HTTP status, or nothing at all. */
let answer: number | "nothing";
/** What happens before it answers. */
let onReceived: (path: string) => Promise<void>;
const userId = newId<UserId>();
const admin: StaffActor = { userId, sessionId: newId<SessionId>(), role: "admin" };

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  await world.staff.sql`
    insert into users (id, email, name, created_at) values (${userId}, 'ada@ducky.example', 'Ada', now())`;
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    received.push({ headers: request.headers as Record<string, string>, body, event: JSON.parse(body) });
    await onReceived(request.url ?? "");
    if (answer !== "nothing") response.writeHead(answer, { location: "http://127.0.0.1:9/" }).end("taken");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const panelOrigin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  world = { ...world, panelOrigin };
  url = `${panelOrigin}/hooks`;
  drop = async () => {
    receiver.closeAllConnections();
    receiver.close();
    await world.close();
    await database.drop();
  };
});

afterAll(() => drop());

beforeEach(async () => {
  received = [];
  answer = 204;
  onReceived = async () => {};
  const { endpoints } = await showWebhooks(admin, world);
  for (const { id, disabledAt } of endpoints) {
    if (!disabledAt) await disableEndpoint(admin, { endpointId: id }, world);
  }
});

async function listening(at = url): Promise<string> {
  world.clock.advance(1);
  const added = await addEndpoint(admin, { url: at, note: "panel" }, world);
  if (!added.ok) throw new Error(added.refusal.code);
  return added.value.secret;
}

async function renewed(customer: TestCustomer, serviceId: ServiceId): Promise<void> {
  const renewal = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, 1000n);
  await payFromBalance(customer.actor, balancePlan(world, [renewal.id], 1000n), world);
}

const stateOf = async (topic: string) =>
  (await showWebhooks(admin, world)).deliveries.find((delivery) => delivery.topic === topic);

describe("an event of a service", () => {
  it("reaches the endpoint signed as Standard Webhooks has it, with who and what it is about", async () => {
    const secret = await listening();
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    await deliverWebhooks(world);
    const activated = received.find(({ event }) => event.type === "service.activated");
    expect(activated?.event.data).toMatchObject({ serviceId, label: "web-1", customer: expect.any(String) });
    for (const { headers, body } of received) {
      const sentAt = new Date(Number(headers["webhook-timestamp"]) * 1000);
      const signature = new Webhook(secret).sign(headers["webhook-id"] ?? "", sentAt, body);
      expect(headers["webhook-signature"]).toBe(signature);
    }
    expect(received.map(({ event }) => event.type)).toContain("invoice.paid");
    expect(await deliverWebhooks(world)).toBe(0);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(received.length);
  });

  it("is not lost to the mails, which mark the outbox as done", async () => {
    await listening();
    const customer = await makeCustomer(world);
    await makeActiveService(world, customer, await makePlan(world));
    const mailer = { sendMail: async () => ({ ok: true as const, value: undefined }) };
    await deliverOutbox(
      { world, mailer: mailer as never, host: { name: "Ducky", url: world.portalUrl } },
      1000,
    );
    await deliverWebhooks(world);
    expect(received.map(({ event }) => event.type)).toContain("service.activated");
  });

  it("waits behind an earlier one of the same service, and not behind another's", async () => {
    await listening();
    const [slow, quick] = [await makeCustomer(world), await makeCustomer(world)];
    const planId = await makePlan(world);
    const serviceId = await makeActiveService(world, slow, planId);
    await renewed(slow, serviceId);
    answer = 500;
    await deliverWebhooks(world);
    expect(received.filter(({ event }) => event.data.serviceId === serviceId)).toHaveLength(1);
    answer = 200;
    await makeActiveService(world, quick, planId);
    await deliverWebhooks(world);
    expect(received.some(({ event }) => event.data.serviceId && event.data.serviceId !== serviceId)).toBe(
      true,
    );
    world.clock.advance(5_000);
    for (let pass = 0; pass < 3; pass += 1) await deliverWebhooks(world);
    const own = received.filter(({ event }) => event.data.serviceId === serviceId);
    expect(own.map(({ event }) => event.type)).toEqual([
      "service.activated",
      "service.activated",
      "service.renewed",
    ]);
  });

  it("is sent once by two workers at once", async () => {
    await listening();
    const customer = await makeCustomer(world);
    await makeActiveService(world, customer, await makePlan(world));
    await Promise.all(Array.from({ length: 4 }, () => deliverWebhooks(world)));
    const ids = received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("goes out before what happened later, of all that is claimed at once", async () => {
    await listening();
    const planId = await makePlan(world);
    for (let made = 0; made < 12; made += 1) {
      await makeActiveService(world, await makeCustomer(world), planId);
      world.clock.advance(1);
    }
    // The pass is over as soon as the first is received: only what was begun at once goes out.
    onReceived = async () => {
      onReceived = async () => {};
      world.clock.advance(60_000);
    };
    await deliverWebhooks(world);
    const sent = received.map(({ headers }) => headers["webhook-id"] ?? "").sort();
    const firsts = await world.staff.sql`
      select min(outbox_id::text) as id from webhook_deliveries
      where endpoint_id = (select max(id::text)::uuid from webhook_endpoints) group by subject_id order by 1`;
    expect(firsts.length).toBeGreaterThan(sent.length);
    expect(sent).toEqual(firsts.slice(0, sent.length).map(({ id }) => id));
    await deliverWebhooks(world);
  });

  it("waits on, untried, where a slow endpoint has used up the time of a pass", async () => {
    await listening();
    const planId = await makePlan(world);
    for (let made = 0; made < 6; made += 1) await makeActiveService(world, await makeCustomer(world), planId);
    const attempts = async () =>
      (
        await world.staff.sql`
        select attempts, last_attempt_at is not null as is_tried, next_attempt_at <= ${world.clock.now()} as is_due
        from webhook_deliveries where state = 'waiting'`
      ).map((row) => ({ ...row }));
    // All that goes out at once takes a minute, in which the other worker begins a pass of its own.
    onReceived = async () => {
      onReceived = async () => {};
      world.clock.advance(60_000);
      await deliverWebhooks({ ...world });
    };
    await deliverWebhooks(world);
    const before = received.length;
    expect(before).toBeGreaterThanOrEqual(8);
    const untried = await attempts();
    expect(untried.length).toBeGreaterThan(0);
    expect(new Set(untried.map((row) => JSON.stringify(row)))).toEqual(
      new Set([JSON.stringify({ attempts: 0, is_tried: false, is_due: true })]),
    );
    await deliverWebhooks(world);
    const ids = received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(before + untried.length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is tried for three days by an endpoint that is down, then parked and shown, and can be sent again", async () => {
    await listening();
    const startedAt = world.clock.now().getTime();
    const customer = await makeCustomer(world);
    await makeActiveService(world, customer, await makePlan(world));
    answer = 503;
    for (let attempt = 1; attempt <= attemptsMost; attempt += 1) {
      await deliverWebhooks(world);
      const one = await stateOf("service.activated");
      expect(one).toMatchObject({ attempts: attempt, answerStatus: 503, failureCode: "not_taken" });
      if (one?.nextAttemptAt) world.clock.advance(one.nextAttemptAt.getTime() - world.clock.now().getTime());
    }
    expect(world.clock.now().getTime() - startedAt).toBeGreaterThan(71 * 3_600_000);
    const parked = await stateOf("service.activated");
    expect(parked).toMatchObject({ state: "parked" });
    const tasks = await world.jobs.sql`
      select kind, subject from tasks where customer_id = ${customer.customerId} and kind = 'webhook_parked'`;
    expect(tasks).toContainEqual({ kind: "webhook_parked", subject: "service" });
    answer = 200;
    const wish = { customerId: customer.customerId, deliveryId: parked?.id ?? "" };
    expect(await replayDelivery({ ...admin, role: "support" }, wish, world)).toEqual({
      ok: true,
      value: null,
    });
    expect(await deliverWebhooks(world)).toBeGreaterThan(0);
    expect(await stateOf("service.activated")).toMatchObject({ state: "delivered", answerStatus: 200 });
  });

  /** The same portal after its host's secret was changed, with the one before named or not. */
  const rekeyed = (isBeforeKnown: boolean) => ({
    ...world,
    endpointKey: { now: new Uint8Array(32), before: isBeforeKnown ? world.endpointKey.now : null },
  });

  it("is parked at once where no key opens its endpoint's secret, shown, asked of staff once, and sent after a new one", async () => {
    await listening();
    const endpointId = (await showWebhooks(admin, world)).endpoints[0]?.id ?? "";
    const customer = await makeCustomer(world);
    await makeActiveService(world, customer, await makePlan(world));
    await makeActiveService(world, customer, await makePlan(world));
    const changed = rekeyed(false);
    expect((await showWebhooks(admin, world)).endpoints[0]).toMatchObject({ isUnreadable: false });
    // What is of one service follows what was before it.
    for (let pass = 0; pass < 4; pass += 1) await deliverWebhooks(changed);
    const shown = await showWebhooks(admin, changed);
    expect(shown.endpoints.find(({ id }) => id === endpointId)).toMatchObject({ isUnreadable: true });
    const own = shown.deliveries.filter((one) => one.customer.id === customer.customerId);
    expect(own.length).toBeGreaterThan(1);
    for (const one of own) {
      expect(one).toMatchObject({ state: "parked", attempts: 1, failureCode: "secret_unreadable" });
    }
    const open = () => world.jobs.sql`
      select kind from tasks where customer_id = ${customer.customerId} and kind = 'webhook_parked' and done_at is null`;
    expect(await open()).toHaveLength(1);
    expect(await renewEndpointSecret({ ...admin, role: "finance" }, { endpointId }, changed)).toMatchObject({
      ok: false,
      refusal: { code: "not_allowed" },
    });
    const renewed = await renewEndpointSecret(admin, { endpointId }, changed);
    expect(renewed).toMatchObject({ ok: true, value: { secret: expect.stringMatching(/^whsec_/) } });
    expect(await open()).toHaveLength(0);
    const recorded = await world.jobs.sql`
      select user_id, detail from activities where verb = 'endpoint_secret_renewed'`;
    expect(recorded).toEqual([{ user_id: admin.userId, detail: { name: expect.stringContaining(":") } }]);
    received.length = 0;
    for (let pass = 0; pass < 4; pass += 1) await deliverWebhooks(changed);
    const types = received.map(({ event }) => event.type);
    expect(types.filter((type) => type === "service.activated")).toHaveLength(2);
    expect((await showWebhooks(admin, changed)).endpoints.find(({ id }) => id === endpointId)).toMatchObject({
      isUnreadable: false,
    });
  });

  it("goes on while the secret before is known, and needs it no longer after one pass", async () => {
    await listening();
    const customer = await makeCustomer(world);
    await makeActiveService(world, customer, await makePlan(world));
    await deliverWebhooks(rekeyed(true));
    expect(await stateOf("service.activated")).toMatchObject({ state: "delivered" });
    await makeActiveService(world, customer, await makePlan(world));
    await deliverWebhooks(rekeyed(false));
    const { deliveries } = await showWebhooks(admin, rekeyed(false));
    const own = deliveries.filter((one) => one.customer.id === customer.customerId);
    expect(own.map(({ failureCode }) => failureCode)).not.toContain("secret_unreadable");
  });

  it("whose row names nothing that can be sent in order holds up none of the others", async () => {
    await listening();
    const customer = await makeCustomer(world);
    await world.jobs.sql`
      insert into outbox (customer_id, id, topic, payload, created_at)
      values (${customer.customerId}, ${newId()}, 'service.activated', ${world.jobs.sql.json({ serviceId: "x" })},
        ${world.clock.now()})`;
    await makeActiveService(world, customer, await makePlan(world));
    await deliverWebhooks(world);
    expect(received.map(({ event }) => event.type)).toContain("service.activated");
  });

  it("is not taken by an endpoint that does not answer, or leads elsewhere, or is on the host's own network", async () => {
    await listening();
    const customer = await makeCustomer(world);
    await makeActiveService(world, customer, await makePlan(world));
    answer = "nothing";
    await deliverWebhooks(world, { timeoutMs: 100 });
    expect(await stateOf("service.activated")).toMatchObject({ state: "waiting", failureCode: "timeout" });
    world.clock.advance(5_000);
    answer = 302;
    await deliverWebhooks(world);
    expect(await stateOf("service.activated")).toMatchObject({ state: "waiting", answerStatus: 302 });
    world.clock.advance(300_000);
    // Any other portal: the same endpoint is an address of its own machine.
    await deliverWebhooks({ ...world, panelOrigin: null });
    expect(await stateOf("service.activated")).toMatchObject({ failureCode: "address_private" });
  });
});

describe("the demo's control panel", () => {
  it("hears of a service though the demo's clock was moved, and of what happened while it was down", async () => {
    const secret = newEndpointSecret();
    const panel = await startPanel({ secret });
    onTestFinished(() => panel.close());
    const demo = { ...world, panelOrigin: panel.url };
    expect(await addEndpoint(admin, { url: `${panel.url}/events`, note: "" }, demo, secret)).toMatchObject({
      ok: true,
      value: { secret },
    });
    const send = () => deliverWebhooks(demo, { wallClock: systemClock });
    const standing = async (serviceId: ServiceId) => {
      const services = await (await fetch(`${panel.url}/services.json`)).json();
      return services[serviceId]?.standing;
    };
    const planId = await makePlan(world);
    const first = await makeActiveService(world, await makeCustomer(world), planId);
    expect(await send()).toBeGreaterThan(0);
    expect(await standing(first)).toBe("running");
    const press = (button: string) =>
      fetch(`${panel.url}/${button}`, { method: "POST", headers: { origin: panel.url }, redirect: "manual" });
    await press("down");
    const second = await makeActiveService(world, await makeCustomer(world), planId);
    expect(await send()).toBe(0);
    expect(await stateOf("service.activated")).toMatchObject({ state: "waiting", answerStatus: 503 });
    await press("up");
    world.clock.advance(5_000);
    expect(await send()).toBeGreaterThan(0);
    expect(await standing(second)).toBe("running");
  });
});

describe("an endpoint", () => {
  it("hears of what happens from its registration on, until it is ended", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    await listening();
    await deliverWebhooks(world);
    expect(received).toEqual([]);
    await renewed(customer, serviceId);
    answer = 500;
    await deliverWebhooks(world);
    const [endpoint] = (await showWebhooks(admin, world)).endpoints;
    expect(await disableEndpoint(admin, { endpointId: endpoint?.id ?? "" }, world)).toMatchObject({
      ok: true,
    });
    const sent = received.length;
    world.clock.advance(86_400_000);
    await deliverWebhooks(world);
    expect(received).toHaveLength(sent);
    expect((await stateOf("service.renewed"))?.state).toBe("dropped");
  });

  it("hears at once of all that happens while another one is slow", async () => {
    await listening();
    await listening(`${url}/slow`);
    const startedAt = world.clock.now();
    const planId = await makePlan(world);
    for (let made = 0; made < 6; made += 1) await makeActiveService(world, await makeCustomer(world), planId);
    const [row] = await world.jobs.sql`
      select count(*)::int as events from outbox where topic ~ '^(service|invoice)' and handled_at is null
        and created_at >= ${startedAt}`;
    let heard = 0;
    let hearAll = () => {};
    const all = new Promise<void>((resolve) => {
      hearAll = resolve;
    });
    // More than go out at once; the slow one answers none of them before the other has heard all.
    onReceived = async (path) => {
      if (path.endsWith("/slow")) return all;
      heard += 1;
      if (heard === row?.events) hearAll();
    };
    await deliverWebhooks(world);
    expect(heard).toBeGreaterThan(8);
    expect(heard).toBe(row?.events);
    expect(received).toHaveLength(2 * heard);
    // None was given up meanwhile.
    const waiting = await world.jobs.sql`select from webhook_deliveries where state = 'waiting'`;
    expect(waiting).toHaveLength(0);
  });

  it("is for admins to register, with an address that may be called, and its secret is not in the table", async () => {
    const add = (wish: object, role: StaffActor["role"] = "admin") =>
      addEndpoint({ ...admin, role }, { url: "https://panel.example.com/h", note: "", ...wish }, world);
    expect(await add({}, "finance")).toMatchObject({ refusal: { code: "not_allowed" } });
    expect(await add({ url: "http://panel.example.com" })).toMatchObject({
      refusal: { code: "webhook_url_not_https" },
    });
    expect(await add({ url: "https://10.0.0.1/" })).toMatchObject({
      refusal: { code: "webhook_url_private" },
    });
    expect(await addEndpoint(admin, { url, note: "" }, { ...world, panelOrigin: null })).toMatchObject({
      refusal: { code: "webhook_url_not_https" },
    });
    expect(await add({ note: "x".repeat(201) })).toMatchObject({
      refusal: { code: "webhook_note_too_long" },
    });
    const added = await add({});
    if (!added.ok) throw new Error(added.refusal.code);
    expect(added.value.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const rows = await world.jobs.sql`select sealed_secret from webhook_endpoints`;
    expect(JSON.stringify(rows)).not.toContain(added.value.secret.slice(6));
  });
});
