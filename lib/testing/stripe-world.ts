import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import postgres from "postgres";
import type { Sql } from "@/db/client";
import { exactTypes } from "@/db/exact-sql";
import { manualClock } from "@/lib/kernel/clock";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { startSandbox } from "@/lib/sandbox/server";
import { balanceDelayMs } from "@/lib/sandbox/world";
import { processEvent } from "@/lib/webhook/process-events";
import { receiveEvent } from "@/lib/webhook/receive-event";
import { createTestDatabase } from "./database";
import { localGateway, openTestWorld, type TestWorld, testSecretKey, testWebhookSecret } from "./world";

/** A world with a local Stripe that delivers its webhooks to it, both on one clock that only tests move. */
export interface StripeWorld extends TestWorld {
  readonly control: SandboxControl;
  /** Where the local Stripe listens. */
  readonly stripeUrl: string;
  readonly databaseUrl: string;
  /** As the database's owner: to arrange what no role may, and to look at everything. */
  readonly owner: Sql;
  readonly endpoint: WebhookEndpoint;
}

export interface StripeWorldOptions {
  max?: number;
  /** The currencies of the host's bank accounts at Stripe, as `eur` or `usd,eur`; absent: each that it settles in. */
  settlesIn?: string;
}

export interface WebhookEndpoint {
  readonly url: string;
  /** `work`: recorded and worked on before it is answered, so that an idle Stripe means settled payments. */
  mode: "work" | "record";
  /** The events that reached it, in their order, with duplicates. */
  readonly received: { id: string; type: string }[];
  close(): Promise<void>;
}

/** Call it once for each test file; `close` drops the database and stops the local Stripe. */
export async function openStripeWorld(options: StripeWorldOptions = {}): Promise<StripeWorld> {
  const { settlesIn, ...worldOptions } = options;
  const start = new Date("2026-03-10T09:00:00Z");
  const clock = manualClock(start);
  const database = await createTestDatabase();
  const endpoint = await openEndpoint(() => world);
  const sandbox = await startSandbox({
    secretKey: testSecretKey,
    clock,
    webhook: { url: endpoint.url, secret: testWebhookSecret },
    ...(settlesIn === undefined ? {} : { settlesIn }),
  });
  // No test waits for this: it is only so long that a busy machine is not taken for a Stripe that hangs.
  const gateway = localGateway(sandbox.url, { timeoutMs: 30_000 });
  const base = openTestWorld({ url: database.url, gateway, clock, ...worldOptions });
  const owner: Sql = postgres(database.url, {
    max: 4,
    onnotice: () => {},
    types: exactTypes,
  });
  const world: StripeWorld = {
    ...base,
    control: sandboxControl(sandbox.url, testSecretKey),
    stripeUrl: sandbox.url,
    databaseUrl: database.url,
    owner,
    endpoint,
    close: async () => {
      await sandbox.close();
      await endpoint.close();
      await base.close();
      await owner.end();
      await database.drop();
    },
  };
  return world;
}

/** The same Stripe, database and clock, seen otherwise: by a gateway that answers differently, for example. */
export function seenBy<T extends TestWorld>(world: T, change: Partial<TestWorld>): T {
  return { ...world, ...change };
}

/** Everything back to normal for the next test; what happened stays. */
export async function calm({ control, endpoint }: StripeWorld): Promise<void> {
  endpoint.mode = "work";
  await Promise.all([control.clearFaults(), control.deliverWebhooks()]);
  await control.webhooksIdle();
}

/** Moves the one clock of portal and Stripe; resolves when what fell due at Stripe was delivered. */
export async function pass(world: Pick<StripeWorld, "clock" | "control">, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.control.webhooksIdle();
}

/**
 * Lets Stripe say what moved its balance: it captures first, and the fee of a charge or the movement of a refund comes a
 * moment later, by an event of its own.
 */
export function untilCaptured(world: Pick<StripeWorld, "clock" | "control">): Promise<void> {
  return pass(world, balanceDelayMs);
}

/** What the route handler of the webhook does, without Next. */
async function openEndpoint(world: () => StripeWorld): Promise<WebhookEndpoint> {
  const server = createServer((request, response) => {
    void receive(world(), request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/stripe/webhook`,
    mode: "work",
    received: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(world: StripeWorld, request: IncomingMessage): Promise<number> {
  const { endpoint } = world;
  const received = await receiveEvent(world, {
    body: Readable.toWeb(request) as ReadableStream<Uint8Array> as never,
    signature: (request.headers["stripe-signature"] as string | undefined) ?? null,
  });
  if (received.kind === "refused") return received.status;
  const [row] = await world.owner`select type from stripe_events where id = ${received.eventId}`;
  endpoint.received.push({ id: received.eventId, type: row?.type });
  if (endpoint.mode === "work") await processEvent(world, received.eventId);
  return 200;
}
