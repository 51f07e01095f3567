import { transact } from "@/db/transaction";
import { askForMailToAdmins } from "@/lib/auth/login-mail";
import { mayStaff } from "@/lib/auth/staff-rights";
import { type AddressRefusal, checkedAddress } from "@/lib/billing/webhook/endpoint-address";
import { newEndpointSecret, openSecret, sealSecret } from "@/lib/billing/webhook/endpoint-secret";
import { type CustomerId, isUuid, uuidv7 } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { nameOfStaff, recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export interface Endpoint {
  id: string;
  url: string;
  note: string;
  createdAt: Date;
  disabledAt: Date | null;
  waiting: number;
  parked: number;
  /** No key opens its secret: nothing can be signed for it until it has a new one. */
  isUnreadable: boolean;
}

/** An event on its way, as the log shows it. */
export interface LoggedDelivery {
  id: string;
  customer: { id: CustomerId; name: string; reference: string };
  url: string;
  topic: string;
  state: "waiting" | "delivered" | "parked" | "dropped";
  attempts: number;
  createdAt: Date;
  lastAttemptAt: Date | null;
  nextAttemptAt: Date | null;
  answerStatus: number | null;
  failureCode: string | null;
}

export type EndpointRefusal =
  | AddressRefusal
  | { code: "not_allowed" }
  | { code: "webhook_note_too_long"; most: number }
  | { code: "endpoint_not_found" };

export type ReplayRefusal = { code: "not_allowed" } | { code: "delivery_not_found" };

const noteLengthMost = 200;
const logMost = 100;

/** The endpoints, those that are sent to first, and the last deliveries. Every role of staff may look. */
export async function showWebhooks(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<{ endpoints: Endpoint[]; deliveries: LoggedDelivery[] }> {
  const { sql } = world.staff;
  // Whether a secret opens is judged where it is used: staff may not read it.
  const [endpoints, deliveries, sealed] = await Promise.all([
    sql`
      select e.id, e.url, e.note, e.created_at, e.disabled_at,
        (select count(*)::int from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'waiting') as waiting,
        (select count(*)::int from webhook_deliveries d where d.endpoint_id = e.id and d.state = 'parked') as parked
      from webhook_endpoints e order by e.disabled_at is not null, e.id desc limit 100`,
    sql`
      select d.*, e.url, c.name, c.reference from webhook_deliveries d
      join webhook_endpoints e on e.id = d.endpoint_id join customers c on c.id = d.customer_id
      order by d.state = 'parked' desc, d.id desc limit ${logMost}`,
    world.jobs.sql`select id, sealed_secret from webhook_endpoints where disabled_at is null`,
  ]);
  const unreadable = sealed
    .filter((row) => !openSecret(world.endpointKey, row.sealed_secret))
    .map(({ id }) => id);
  return {
    endpoints: endpoints.map((row) => ({
      id: row.id,
      url: row.url,
      note: row.note,
      createdAt: row.created_at,
      disabledAt: row.disabled_at,
      waiting: row.waiting,
      parked: row.parked,
      isUnreadable: unreadable.includes(row.id),
    })),
    deliveries: deliveries.map((row) => ({
      id: row.id,
      customer: { id: row.customer_id, name: row.name, reference: row.reference },
      url: row.url,
      topic: row.topic,
      state: row.state,
      attempts: row.attempts,
      createdAt: row.created_at,
      lastAttemptAt: row.last_attempt_at,
      nextAttemptAt: row.next_attempt_at,
      answerStatus: row.answer_status,
      failureCode: row.failure_code,
    })),
  };
}

/** Registers an address for what happens from now on; for admins. Its secret, a new one, is told this once. */
export async function addEndpoint(
  actor: StaffActor,
  { url, note }: { url: string; note: string },
  world: StaffWorld = staffWorld(),
  secret: string = newEndpointSecret(),
): Promise<Result<{ url: string; secret: string }, EndpointRefusal>> {
  if (!mayStaff(actor.role, "webhook.change")) return refuse({ code: "not_allowed" });
  const checked = checkedAddress(url, world.panelOrigin ?? null);
  if (!checked.ok) return checked;
  const kept = note.trim();
  if (kept.length > noteLengthMost) return refuse({ code: "webhook_note_too_long", most: noteLengthMost });
  await transact(world.staff, {}, async ({ sql }) => {
    await sql`
      insert into webhook_endpoints (id, url, note, sealed_secret, user_id, created_at)
      values (${uuidv7(world.clock)}, ${checked.value.href}, ${kept}, ${sealSecret(world.endpointKey, secret)},
        ${actor.userId}, ${world.clock.now()})`;
    const { host } = checked.value;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "endpoint_added",
      detail: { name: host },
    });
    const by = await nameOfStaff(sql, actor.userId);
    await askForMailToAdmins(sql, world.clock, { kind: "endpoint_added", detail: { by, host } });
  });
  return ok({ url: checked.value.href, secret });
}

/**
 * Gives an endpoint a new secret, which is told this once; the one before signs nothing any more. What was parked because
 * no key opened that one is sent now. For admins.
 */
export async function renewEndpointSecret(
  actor: StaffActor,
  { endpointId }: { endpointId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ url: string; secret: string }, EndpointRefusal>> {
  if (!mayStaff(actor.role, "webhook.change")) return refuse({ code: "not_allowed" });
  if (!isUuid(endpointId)) return refuse({ code: "endpoint_not_found" });
  const secret = newEndpointSecret();
  const now = world.clock.now();
  const renewed = await transact(world.staff, {}, async ({ sql }) => {
    const [row] = await sql`
    with renewed as (
      update webhook_endpoints set sealed_secret = ${sealSecret(world.endpointKey, secret)}
      where id = ${endpointId} and disabled_at is null returning id, url
    ), sent_again as (
      update webhook_deliveries d set state = 'waiting', attempts = 0, next_attempt_at = ${now} from renewed
      where d.endpoint_id = renewed.id and d.state = 'parked' and d.failure_code = 'secret_unreadable'
    ), mended as (
      update tasks t set done_at = ${now} from renewed
      where t.kind = 'webhook_parked' and t.done_at is null and t.detail->>'url' = renewed.url
        and t.detail->>'reason' = 'secret_unreadable'
    )
    select url from renewed`;
    if (row) {
      await recordActivity(world, sql, {
        customerId: null,
        userId: actor.userId,
        verb: "endpoint_secret_renewed",
        detail: { name: new URL(row.url).host },
      });
    }
    return row;
  });
  return renewed ? ok({ url: renewed.url, secret }) : refuse({ code: "endpoint_not_found" });
}

/** Ends an endpoint: nothing is sent to it any more, and what waits for it is dropped. For admins. */
export async function disableEndpoint(
  actor: StaffActor,
  { endpointId }: { endpointId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<null, EndpointRefusal>> {
  if (!mayStaff(actor.role, "webhook.change")) return refuse({ code: "not_allowed" });
  if (!isUuid(endpointId)) return refuse({ code: "endpoint_not_found" });
  const ended = await transact(world.staff, {}, async ({ sql }) => {
    const rows = await sql`
    with ended as (
      update webhook_endpoints set disabled_at = ${world.clock.now()}
      where id = ${endpointId} and disabled_at is null returning id, url
    ), dropped as (
      update webhook_deliveries d set state = 'dropped', next_attempt_at = null from ended
      where d.endpoint_id = ended.id and d.state = 'waiting'
    )
    select url from ended`;
    for (const { url } of rows) {
      await recordActivity(world, sql, {
        customerId: null,
        userId: actor.userId,
        verb: "endpoint_ended",
        detail: { name: new URL(url).host },
      });
    }
    return rows;
  });
  return ended.length > 0 ? ok(null) : refuse({ code: "endpoint_not_found" });
}

/** Sends an event once more, as it was; whatever became of it. From support on. */
export async function replayDelivery(
  actor: StaffActor,
  { customerId, deliveryId }: { customerId: CustomerId; deliveryId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<null, ReplayRefusal>> {
  if (!mayStaff(actor.role, "webhook.replay")) return refuse({ code: "not_allowed" });
  if (!isUuid(deliveryId)) return refuse({ code: "delivery_not_found" });
  const replayed = await world.jobs.sql`
    update webhook_deliveries d set state = 'waiting', attempts = 0, next_attempt_at = ${world.clock.now()},
      delivered_at = null
    from webhook_endpoints e
    where d.customer_id = ${customerId} and d.id = ${deliveryId} and e.id = d.endpoint_id and e.disabled_at is null
    returning 1`;
  return replayed.length > 0 ? ok(null) : refuse({ code: "delivery_not_found" });
}
