import type { Fragment } from "postgres";
import { likeOf } from "@/db/like";
import { isEventId } from "@/lib/gateway/read-event";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, keyset, pageOf } from "./keyset";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export const eventStates = ["waiting", "parked", "done", "ignored"] as const;
export type EventState = (typeof eventStates)[number];

export interface EventsFilter {
  state: EventState | null;
  /** Part of the type, or an id of Stripe's: of the event or of its object. */
  text: string | null;
  cursor: string | null;
}

export interface ListedEvent {
  id: string;
  type: string;
  /** The id of what it is about. */
  objectId: string | null;
  state: EventState;
  reason: string | null;
  attempts: number;
  receivedAt: Date;
}

const rowsPerPage = 50;

/** Stripe's events, the last received first, and what became of each. Every role of staff may look. */
export async function listEvents(
  _actor: StaffActor,
  filter: EventsFilter,
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedEvent>> {
  const { sql } = world.staff;
  const cursor = cursorIn(filter.cursor, isEventId);
  const { beyond, order } = keyset(sql, { at: sql`e.received_at`, id: sql`e.id` }, cursor);
  const like = likeOf(filter.text);
  const exact = filter.text?.replaceAll("\0", "").trim() ?? "";
  const conditions = [
    filter.state && sql`r.state = ${filter.state}`,
    like &&
      sql`(normalize(e.type) ilike ${like} or e.id = ${exact} or e.payload #>> '{data,object,id}' = ${exact})`,
    beyond,
  ];
  const where = conditions.reduce<Fragment>((all, one) => (one ? sql`${all} and ${one}` : all), sql`true`);
  const found = await sql`
    select e.id, e.type, e.received_at, e.payload #>> '{data,object,id}' as object_id, r.state, r.reason, r.attempts,
      e.received_at::text as at
    from stripe_events e join event_runs r on r.event_id = e.id
    where ${where} order by ${order} limit ${rowsPerPage + 1}`;
  return pageOf(found, cursor, rowsPerPage, (row) => ({
    id: row.id,
    type: row.type,
    objectId: row.object_id,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    receivedAt: row.received_at,
  }));
}

export interface EventPage extends ListedEvent {
  createdAt: Date;
  source: "webhook" | "read_back";
  isLivemode: boolean;
  nextAttemptAt: Date | null;
  updatedAt: Date;
  /** As it came, for people to read. */
  payload: string;
  /** Whose it is, where the registry of Stripe's ids knows its object. */
  customer: { name: string; reference: string } | null;
}

/** One event; null if there is none of that id. Every role of staff may look. */
export async function showEvent(
  _actor: StaffActor,
  { eventId }: { eventId: string },
  world: StaffWorld = staffWorld(),
): Promise<EventPage | null> {
  if (!isEventId(eventId)) return null;
  const [row] = await world.staff.sql`
    select e.*, e.payload #>> '{data,object,id}' as object_id, r.state, r.reason, r.attempts, r.next_attempt_at,
      r.updated_at, c.name, c.reference
    from stripe_events e join event_runs r on r.event_id = e.id
    left join stripe_objects o on o.id = e.payload #>> '{data,object,id}'
    left join customers c on c.id = o.customer_id and not c.is_house
    where e.id = ${eventId}`;
  if (!row) return null;
  return {
    id: row.id,
    type: row.type,
    objectId: row.object_id,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    receivedAt: row.received_at,
    createdAt: row.created_at,
    source: row.source,
    isLivemode: row.is_livemode,
    nextAttemptAt: row.next_attempt_at,
    updatedAt: row.updated_at,
    payload: JSON.stringify(row.payload, null, 2),
    customer: row.reference ? { name: row.name, reference: row.reference } : null,
  };
}
