import postgres from "postgres";
import { type Database, openDatabase } from "@/db/client";
import { exactTypes, type Sql } from "@/db/exact-sql";
import type { Gateway } from "@/lib/gateway/port";
import { fillIdsOf } from "@/lib/kernel/id";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { startSandbox } from "@/lib/sandbox/server";
import { localGateway, openTestWorld, testSecretKey, testWebhookSecret } from "../world";
import { type Endpoint, startEndpoint } from "./endpoint";
import { impatientGateway } from "./impatient-gateway";
import type { MortalWorld } from "./mortal";
import type { Random } from "./random";

/** Everything that one simulated portal stands on: its database, a Stripe of its own, and the clock they share. */
export interface Stage {
  readonly world: MortalWorld;
  readonly control: SandboxControl;
  /** Where the local Stripe listens. */
  readonly stripeUrl: string;
  readonly endpoint: Endpoint;
  /** Gives up on a call as soon as it hangs: nobody waits for the seconds that people would. */
  readonly impatient: Gateway;
  /** As the owner, who sees everything: to choose from, and to look at what became of it. */
  readonly owner: Sql;
  /** For the books alone. */
  readonly checker: Database;
  close(): Promise<void>;
}

/** The types that the portal handles, and two that it does not. */
const eventTypes = [
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "payment_intent.processing",
  "payment_intent.requires_action",
  "charge.succeeded",
  "charge.updated",
  "customer.created",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.closed",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
];

/** Of hosts whose days begin apart, and where clocks are changed on other days or never. */
const timeZones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"];

export async function openStage(databaseUrl: string, start: Date, random: Random): Promise<Stage> {
  const opened = openTestWorld({ url: databaseUrl, start, max: 8 });
  fillIdsOf(opened.clock, random.fork("ids").fill);
  const owner = postgres(databaseUrl, { max: 3, types: exactTypes, onnotice: () => {} });
  const checker = openDatabase({ url: planningOnce(databaseUrl), role: "mallard_jobs", max: 1 });
  const endpoint = await startEndpoint();
  const sandbox = await startSandbox({
    secretKey: testSecretKey,
    clock: opened.clock,
    webhook: { url: endpoint.url, secret: testWebhookSecret, events: eventTypes },
  });
  const control = sandboxControl(sandbox.url, testSecretKey);
  const gateway = localGateway(sandbox.url, { timeoutMs: 60_000 });
  const world: MortalWorld = {
    ...opened,
    gateway,
    timeZone: random.pick(timeZones),
    terminate: async (pid) => owner`select pg_terminate_backend(${pid}, 5000)`,
  };
  endpoint.serveIn(world);
  return {
    world,
    owner,
    checker,
    endpoint,
    control,
    stripeUrl: sandbox.url,
    impatient: impatientGateway(gateway, control),
    close: async () => {
      await sandbox.close();
      await endpoint.close();
      await Promise.all([opened.close(), owner.end({ timeout: 5 }), checker.close()]);
    },
  };
}

/** The same few statements are asked after every step: planning them anew would be most of their cost. */
function planningOnce(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set("plan_cache_mode", "force_generic_plan");
  return url.href;
}
