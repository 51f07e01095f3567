import { createHash } from "node:crypto";
import type { GatewayEvent } from "./port";

/** Stripe's own events stay far below; what is nested deeper overflows the stack of whoever writes it down. */
const depthMost = 64;
/** What came in place of an event is kept under this name. */
export const notAnEvent = "mallard_not_an_event";
/** The year 10000, in Unix seconds. */
const latestSeconds = 253_402_300_800;

/**
 * Reads an event, however odd. It can always be stored: characters and depths that PostgreSQL refuses are replaced, and
 * what is missing of its envelope has a stand-in. `problemOf` says whether it can be acted on.
 */
export function readEvent(given: object, receivedAt: Date): GatewayEvent {
  const payload = storable(given, 0) as Record<string, unknown>;
  const { id, type, created, livemode } = payload;
  return {
    id: isEventId(id) ? id : `evt_unread_${hashOf(payload)}`,
    type: isEventType(type) ? type : "unread",
    createdAt: isInstant(created) ? new Date(created * 1000) : receivedAt,
    isLive: livemode === true,
    payload,
  };
}

/** What keeps an event from being acted on; null if nothing does. Its payload, as it was stored. */
export function problemOf(payload: unknown): string | null {
  if (typeof payload !== "object" || payload === null) return "event_malformed";
  if (Object.hasOwn(payload, notAnEvent)) return "event_malformed";
  const { id, type, created, livemode } = payload as Record<string, unknown>;
  if (!isEventId(id)) return "event_without_id";
  if (!isEventType(type)) return "event_without_type";
  if (!isInstant(created)) return "event_without_date";
  return typeof livemode === "boolean" ? null : "event_without_mode";
}

/** As ids of events are written. */
export function isEventId(id: unknown): id is string {
  return typeof id === "string" && /^evt_[A-Za-z0-9_]{1,250}$/.test(id);
}

function isEventType(type: unknown): type is string {
  return typeof type === "string" && /^[A-Za-z0-9_.-]{1,200}$/.test(type);
}

function isInstant(created: unknown): created is number {
  return typeof created === "number" && created >= 0 && created < latestSeconds;
}

function hashOf(payload: unknown): string {
  return createHash("sha256").update(JSON.stringify(payload)).digest("hex").slice(0, 32);
}

/** The same value without what jsonb cannot hold: zero characters, halves of surrogate pairs, endless nesting. */
function storable(value: unknown, depth: number): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= depthMost) return null;
  if (Array.isArray(value)) return value.map((each) => storable(each, depth + 1));
  const entries = Object.entries(value).map(([key, each]) => [storableText(key), storable(each, depth + 1)]);
  return Object.fromEntries(entries);
}

function storableText(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD").replaceAll("\0", "\uFFFD");
}
