import { Webhook } from "standardwebhooks";
import { transact } from "@/db/transaction";
import { isPanel } from "@/lib/billing/webhook/endpoint-address";
import { openSecret } from "@/lib/billing/webhook/endpoint-secret";
import { publishEvents } from "@/lib/billing/webhook/publish-events";
import { resealSecrets } from "@/lib/billing/webhook/reseal-secrets";
import { retryDelayMs } from "@/lib/billing/webhook/retry-delays";
import type { World } from "@/lib/billing/world";
import type { Clock } from "@/lib/kernel/clock";
import { uuidv7 } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";
import { type Posted, postWebhook } from "./post-webhook";

/** Longer than a pass and an attempt can take: a worker that died holds a delivery up no longer. */
const leaseMs = 120_000;
/** A pass over one endpoint ends after so long, whatever still waits, and the next one begins anew. */
const passMs = 30_000;
const timeoutMs = 15_000;
/** Of one endpoint. */
const atOnce = 8;

interface Delivery {
  customerId: string;
  id: string;
  outboxId: string;
  subjectId: string;
  topic: string;
  body: unknown;
  attempts: number;
  /** Before this one. */
  lastAttemptAt: Date | null;
  url: string;
  sealedSecret: string;
}

/**
 * Sends what waits for the endpoints of the host, signed by Standard Webhooks: at least once, what is of one service or
 * invoice in its order, each attempt outside of any transaction. What an endpoint does not take with 2xx is tried again
 * for three days, then parked and shown to staff. Each endpoint is served by itself, so a slow one holds up no other. Two
 * workers send different ones. Returns how many were taken.
 */
export async function deliverWebhooks(world: World, options: DeliverOptions = {}): Promise<number> {
  await Promise.all([publishEvents(world), resealSecrets(world)]);
  const rows = await world.jobs.sql`
    select distinct endpoint_id from webhook_deliveries
    where state = 'waiting' and next_attempt_at <= ${world.clock.now()}`;
  const taken = await Promise.all(rows.map((row) => serve(world, row.endpoint_id, options)));
  return taken.reduce((total, count) => total + count, 0);
}

interface DeliverOptions {
  /** So many are claimed at once. */
  most?: number;
  timeoutMs?: number;
  /** What signatures are dated by: receivers go by their own clock. The world's, if left out. */
  wallClock?: Clock;
}

async function serve(world: World, endpointId: string, options: DeliverOptions): Promise<number> {
  const endsAtMs = world.clock.now().getTime() + passMs;
  const isOver = () => world.clock.now().getTime() >= endsAtMs;
  let total = 0;
  for (;;) {
    // Once one is taken, the next of its subject may follow.
    const taken = await deliverRound(world, endpointId, options, isOver);
    total += taken;
    if (taken === 0 || isOver()) return total;
  }
}

/** The first that waits of each subject, a few at once. */
async function deliverRound(
  world: World,
  endpointId: string,
  options: DeliverOptions,
  isOver: () => boolean,
): Promise<number> {
  const due = await claim(world, endpointId, options.most ?? 200);
  let taken = 0;
  const work = async () => {
    for (
      let delivery = isOver() ? undefined : due.pop();
      delivery;
      delivery = isOver() ? undefined : due.pop()
    ) {
      const posted = await attempt(world, delivery, options).catch(faultOf);
      if (await note(world, delivery, posted)) taken += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await release(world, due);
  return taken;
}

/** What was claimed and not tried waits as before; unless its lease is over, and another worker has it. */
async function release(world: World, left: readonly Delivery[]): Promise<void> {
  if (left.length === 0) return;
  const now = world.clock.now();
  const given = left.map(({ customerId, id, attempts, lastAttemptAt }) => {
    return { customer_id: customerId, id, attempts, last: lastAttemptAt };
  });
  await world.jobs.sql`
    update webhook_deliveries d set attempts = d.attempts - 1, last_attempt_at = t.last, next_attempt_at = ${now}
    from json_to_recordset(${JSON.stringify(given)}::text::json)
      as t(customer_id uuid, id uuid, attempts integer, last timestamptz)
    where d.customer_id = t.customer_id and d.id = t.id and d.state = 'waiting' and d.attempts = t.attempts`;
}

/** The oldest of each subject whose time has come, the newest of them first; the attempt counts from here on, whatever becomes of this worker. */
async function claim(world: World, endpointId: string, most: number): Promise<Delivery[]> {
  const now = world.clock.now();
  const rows = await world.jobs.sql`
    with due as (
      select d.customer_id, d.id, d.last_attempt_at from webhook_deliveries d
      where d.endpoint_id = ${endpointId} and d.state = 'waiting' and d.next_attempt_at <= ${now}
        and not exists (select from webhook_deliveries b where b.endpoint_id = d.endpoint_id
          and b.subject_id = d.subject_id and b.state = 'waiting' and b.outbox_id < d.outbox_id)
      order by d.outbox_id limit ${most} for update skip locked
    )
    update webhook_deliveries d set attempts = d.attempts + 1, last_attempt_at = ${now},
      next_attempt_at = ${new Date(now.getTime() + leaseMs)}
    from due, webhook_endpoints e
    where d.customer_id = due.customer_id and d.id = due.id and e.id = d.endpoint_id
    returning d.customer_id, d.id, d.outbox_id, d.subject_id, d.topic, d.body, d.attempts,
      due.last_attempt_at, e.url, e.sealed_secret`;
  // What an UPDATE returns is in no order; the newest first, since they are taken from the end.
  const newestFirst = [...rows].sort((a, b) => (a.outbox_id < b.outbox_id ? 1 : -1));
  return newestFirst.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    outboxId: row.outbox_id,
    subjectId: row.subject_id,
    topic: row.topic,
    body: row.body,
    attempts: row.attempts,
    lastAttemptAt: row.last_attempt_at,
    url: row.url,
    sealedSecret: row.sealed_secret,
  }));
}

/** One that cannot even be sent is tried again and parked as the others are. */
function faultOf(error: unknown): Posted {
  const message = error instanceof Error ? error.message : "fault";
  writeLog("error", "webhook_fault", { message });
  return { kind: "failed", code: "fault" };
}

async function attempt(world: World, delivery: Delivery, options: DeliverOptions): Promise<Posted> {
  const secret = openSecret(world.endpointKey, delivery.sealedSecret);
  if (!secret) return { kind: "failed", code: "secret_unreadable" };
  const body = JSON.stringify(delivery.body);
  const sentAt = (options.wallClock ?? world.clock).now();
  const webhook = new Webhook(secret.value);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Mallard",
    "webhook-id": delivery.outboxId,
    "webhook-timestamp": Math.floor(sentAt.getTime() / 1000).toString(),
    "webhook-signature": webhook.sign(delivery.outboxId, sentAt, body),
  };
  const url = new URL(delivery.url);
  const judged = {
    isPanel: isPanel(url, world.panelOrigin ?? null),
    timeoutMs: options.timeoutMs ?? timeoutMs,
  };
  return postWebhook(url, headers, body, judged);
}

/** Returns whether the endpoint took it. */
async function note(world: World, delivery: Delivery, posted: Posted): Promise<boolean> {
  const { customerId, id, attempts } = delivery;
  const now = world.clock.now();
  const status = posted.kind === "answered" ? posted.status : null;
  const isTaken = status !== null && status >= 200 && status < 300;
  // No time mends a secret that no key opens: staff do.
  const isHopeless = posted.kind === "failed" && posted.code === "secret_unreadable";
  const delayMs = isTaken || isHopeless ? null : retryDelayMs(attempts);
  const state = isTaken ? "delivered" : delayMs === null ? "parked" : "waiting";
  const failure = isTaken ? null : posted.kind === "failed" ? posted.code : "not_taken";
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    const noted = await sql`
      update webhook_deliveries set state = ${state}, answer_status = ${status}, failure_code = ${failure},
        next_attempt_at = ${delayMs === null ? null : new Date(now.getTime() + delayMs)},
        delivered_at = ${isTaken ? now : null}
      where customer_id = ${customerId} and id = ${id} and state = 'waiting' and attempts = ${attempts} returning 1`;
    if (noted.length === 0 || state !== "parked") return;
    const subject = delivery.topic.startsWith("service.") ? "service" : "invoice";
    const detail = {
      topic: delivery.topic,
      url: delivery.url,
      reason: status === null ? failure : `${status}`,
    };
    // Asked once for an endpoint, and several of its deliveries end at the same moment.
    if (isHopeless) await sql`select pg_advisory_xact_lock(hashtext(${`webhook ${customerId}`}))`;
    await sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      select ${customerId}, ${uuidv7(world.clock)}, 'webhook_parked', ${subject}, ${delivery.subjectId},
        ${sql.json(detail)}, ${now}
      where not (${isHopeless} and exists (select from tasks t where t.customer_id = ${customerId}
        and t.kind = 'webhook_parked' and t.done_at is null and t.detail->>'reason' = ${failure}
        and t.detail->>'url' = ${delivery.url}))`;
  });
  return isTaken;
}
