import { Webhook } from "standardwebhooks";
import { transact } from "@/db/transaction";
import { isLocalPortal } from "@/lib/billing/webhook/endpoint-address";
import { openSecret } from "@/lib/billing/webhook/endpoint-secret";
import { publishEvents } from "@/lib/billing/webhook/publish-events";
import { retryDelayMs } from "@/lib/billing/webhook/retry-delays";
import type { World } from "@/lib/billing/world";
import { uuidv7 } from "@/lib/kernel/id";
import { type Posted, postWebhook } from "./post-webhook";

/** Longer than an attempt can take: a worker that died holds a delivery up no longer. */
const leaseMs = 120_000;
const timeoutMs = 15_000;
const atOnce = 8;

interface Delivery {
  customerId: string;
  id: string;
  outboxId: string;
  subjectId: string;
  topic: string;
  body: unknown;
  attempts: number;
  url: string;
  sealedSecret: string;
}

/**
 * Sends what waits for the endpoints of the host, signed by Standard Webhooks: at least once, what is of one service or
 * invoice in its order, each attempt outside of any transaction. What an endpoint does not take with 2xx is tried again
 * for three days, then parked and shown to staff. Two workers send different ones. Returns how many were taken.
 */
export async function deliverWebhooks(
  world: World,
  options: { most?: number; timeoutMs?: number } = {},
): Promise<number> {
  await publishEvents(world);
  let total = 0;
  for (;;) {
    // Once one is taken, the next of its subject may follow.
    const taken = await deliverRound(world, options);
    total += taken;
    if (taken === 0) return total;
  }
}

/** The first that waits of each subject, a few at once. */
async function deliverRound(world: World, options: { most?: number; timeoutMs?: number }): Promise<number> {
  const claimedAtMs = world.clock.now().getTime();
  const due = await claim(world, options.most ?? 200);
  let taken = 0;
  // What slow endpoints have kept waiting for so long may be another worker's by now: sent from here as well, it could
  // come after what follows it.
  const isStillOurs = () => world.clock.now().getTime() - claimedAtMs < leaseMs - 2 * timeoutMs;
  const work = async () => {
    for (let delivery = due.pop(); delivery && isStillOurs(); delivery = due.pop()) {
      const posted = await attempt(world, delivery, options.timeoutMs ?? timeoutMs);
      if (await note(world, delivery, posted)) taken += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return taken;
}

/** The oldest of each subject whose time has come; the attempt counts from here on, whatever becomes of this worker. */
async function claim(world: World, most: number): Promise<Delivery[]> {
  const now = world.clock.now();
  const rows = await world.jobs.sql`
    with due as (
      select d.customer_id, d.id from webhook_deliveries d
      where d.state = 'waiting' and d.next_attempt_at <= ${now}
        and not exists (select from webhook_deliveries b where b.endpoint_id = d.endpoint_id
          and b.subject_id = d.subject_id and b.state = 'waiting' and b.outbox_id < d.outbox_id)
      order by d.outbox_id limit ${most} for update skip locked
    )
    update webhook_deliveries d set attempts = d.attempts + 1, last_attempt_at = ${now},
      next_attempt_at = ${new Date(now.getTime() + leaseMs)}
    from due, webhook_endpoints e
    where d.customer_id = due.customer_id and d.id = due.id and e.id = d.endpoint_id
    returning d.customer_id, d.id, d.outbox_id, d.subject_id, d.topic, d.body, d.attempts, e.url, e.sealed_secret`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    outboxId: row.outbox_id,
    subjectId: row.subject_id,
    topic: row.topic,
    body: row.body,
    attempts: row.attempts,
    url: row.url,
    sealedSecret: row.sealed_secret,
  }));
}

function attempt(world: World, delivery: Delivery, mostMs: number): Promise<Posted> {
  const body = JSON.stringify(delivery.body);
  const sentAt = world.clock.now();
  const webhook = new Webhook(openSecret(world.payLinkKey, delivery.sealedSecret));
  const headers = {
    "content-type": "application/json",
    "user-agent": "Mallard",
    "webhook-id": delivery.outboxId,
    "webhook-timestamp": Math.floor(sentAt.getTime() / 1000).toString(),
    "webhook-signature": webhook.sign(delivery.outboxId, sentAt, body),
  };
  const isLocal = isLocalPortal(world.portalUrl);
  return postWebhook(new URL(delivery.url), headers, body, { isLocal, timeoutMs: mostMs });
}

/** Returns whether the endpoint took it. */
async function note(world: World, delivery: Delivery, posted: Posted): Promise<boolean> {
  const { customerId, id, attempts } = delivery;
  const now = world.clock.now();
  const status = posted.kind === "answered" ? posted.status : null;
  const isTaken = status !== null && status >= 200 && status < 300;
  const delayMs = isTaken ? null : retryDelayMs(attempts);
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
    await sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${customerId}, ${uuidv7(world.clock)}, 'webhook_parked', ${subject}, ${delivery.subjectId},
        ${sql.json(detail)}, ${now})`;
  });
  return isTaken;
}
