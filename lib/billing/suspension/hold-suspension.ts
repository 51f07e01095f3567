import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import { addCalendarDays, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { CustomerId, ServiceId, UserId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { ServiceState } from "../service/states";
import type { World } from "../world";

/** The longest that staff hold a suspension off at once, in days. */
export const holdMostDays = 90;

/** What the customer's timeline says of it; staff read of the same act with its reason. */
export const toldToCustomer = { held: "suspension_put_off", holdEnded: "suspension_put_off_ended" } as const;

export interface HoldInput {
  customerId: CustomerId;
  serviceId: ServiceId;
  /** The last day on which it is not suspended, in the billing time zone; null ends a hold. */
  until: CalendarDay | null;
  reason: string;
  userId: UserId;
}

export type HoldRefusal =
  | { code: "service_not_found" }
  /** It is suspended already, has ended, or has not begun: there is nothing to hold off. */
  | { code: "service_not_active"; state: ServiceState }
  | { code: "day_out_of_range"; first: CalendarDay; last: CalendarDay }
  /** There is none to end. */
  | { code: "not_held" };

/**
 * Staff hold the suspension of a service off until a day has passed, with a reason that the record keeps (domain.md, Renewing;
 * issue: "staff can hold a suspension off until a date"), or end such a hold. The customer is told, without the reason.
 * Nothing else of it changes: what is owed stays owed.
 */
export function holdSuspension(
  world: World,
  database: Database,
  input: HoldInput,
): Promise<{ ok: true } | { ok: false; refusal: HoldRefusal }> {
  const { customerId, serviceId, until, userId } = input;
  const { clock, timeZone } = world;
  const now = clock.now();
  const first = calendarDay(now, timeZone);
  const last = addCalendarDays(first, holdMostDays);
  return transact(database, { customerId }, async (tx) => {
    const [balances, [service]] = await Promise.all([
      lockBalances(tx.sql, customerId),
      tx.sql`
        select state, suspension_hold_until from services where customer_id = ${customerId} and id = ${serviceId} for update`,
    ]);
    if (!service) return { ok: false, refusal: { code: "service_not_found" } };
    if (service.state !== "active") {
      return { ok: false, refusal: { code: "service_not_active", state: service.state } };
    }
    if (until === null && (service.suspension_hold_until ?? now) <= now) {
      return { ok: false, refusal: { code: "not_held" } };
    }
    if (until !== null && (until < first || until > last)) {
      return { ok: false, refusal: { code: "day_out_of_range", first, last } };
    }
    const holdUntil = until && startOfDay(addCalendarDays(until, 1), timeZone);
    await tx.sql`
      update services set suspension_hold_until = ${holdUntil} where customer_id = ${customerId} and id = ${serviceId}`;
    const decision = new Decision({ customerId, now, clock, timeZone, actor: "staff", userId }, balances);
    const subject = { subject: "service", subjectId: serviceId } as const;
    const detail: Record<string, string> = until ? { until } : {};
    // Twice, since the reason is between staff: once as the customer reads it, and once with why.
    decision.record({
      ...subject,
      verb: until === null ? toldToCustomer.holdEnded : toldToCustomer.held,
      detail,
    });
    decision.record({
      ...subject,
      verb: until === null ? "suspension_hold_ended" : "suspension_held",
      detail: { ...detail, reason: input.reason },
      isVisible: false,
    });
    decision.tell("service.suspension_put_off", {
      serviceId,
      by: "host",
      until: holdUntil?.toISOString() ?? null,
    });
    write(tx, customerId, decision);
    return { ok: true };
  });
}
