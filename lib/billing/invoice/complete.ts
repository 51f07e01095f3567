import { assert } from "@/lib/kernel/assert";
import { anchorDayOf, termEnd } from "@/lib/kernel/calendar";
import type { LineRecord, ServiceRecord } from "../scene";

/** The term that a paid line brings, and the service as it is then. */
export interface Completion {
  readonly service: ServiceRecord;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The end of the term before it, null for the first of a chain. */
  readonly followsAt: Date | null;
}

/**
 * What a line brings when its invoice is paid now: an order line activates its service and starts its first term now;
 * a renewal line adds the term printed on it, which must begin where the last one ended, and ends a suspension
 * (domain.md: complete; Renewing, "The new term starts where the last one ended, whenever it is paid").
 * Null if the service cannot take it as things stand: the money is then not taken for it.
 */
export function completionOf(
  line: LineRecord,
  service: ServiceRecord,
  now: Date,
  timeZone: string,
): Completion | null {
  return line.kind === "order" ? activation(line, service, now, timeZone) : renewal(line, service);
}

function activation(
  line: LineRecord,
  service: ServiceRecord,
  now: Date,
  timeZone: string,
): Completion | null {
  if (service.state !== "pending" && service.state !== "terminated") return null;
  const anchorDay = anchorDayOf(now, timeZone);
  const endsAt = termEnd(now, { unit: line.termUnit, count: line.termCount }, anchorDay, timeZone);
  return {
    service: { ...service, state: "active", anchorDay, expiresAt: endsAt },
    startsAt: now,
    endsAt,
    followsAt: null,
  };
}

function renewal(line: LineRecord, service: ServiceRecord): Completion | null {
  const { termStartsAt, termEndsAt } = line;
  assert(termStartsAt && termEndsAt, "a renewal line has its term printed on it");
  if (service.state !== "active" && service.state !== "suspended") return null;
  if (service.expiresAt?.getTime() !== termStartsAt.getTime()) return null;
  return {
    service: { ...service, state: "active", expiresAt: termEndsAt },
    startsAt: termStartsAt,
    endsAt: termEndsAt,
    followsAt: termStartsAt,
  };
}
