import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, ServiceId, UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { ServiceState } from "../service/states";
import type { World } from "../world";

/** What the record calls it: as the customer reads it, and as staff do, with their reason. */
export const renewalPutBack = { told: "renewal_put_back", byStaff: "renewal_put_back_by_staff" } as const;

export interface PutBackInput {
  customerId: CustomerId;
  serviceId: ServiceId;
  userId: UserId;
  /** Of staff, why; null where its customer puts it back, who keeps its first due day. */
  reason: string | null;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type PutBackRefusal =
  | { code: "not_allowed" }
  | { code: "service_not_found" }
  /** It has ended or has not begun, or ends with its term. */
  | { code: "service_not_going_on"; state: ServiceState }
  /** Its next term is billed already, or will be: somebody was faster. */
  | { code: "renewal_not_declined" };

/**
 * Puts a declined renewal back, until its service is terminated (domain.md, A3): the next run issues its invoice, as for any
 * that is due. Put back by its customer it keeps its first due day, so that declining wins no time; put back by staff it
 * gets a new one. All that bill wait for the balances' lock: no term is billed twice.
 */
export function putRenewalBack(
  world: World,
  database: Database,
  input: PutBackInput,
): Promise<Result<undefined, PutBackRefusal>> {
  const { customerId, serviceId, userId, reason } = input;
  const { clock, timeZone } = world;
  const scope = reason === null ? { customerId, userId } : { customerId };
  return transact(database, scope, async (tx): Promise<Result<undefined, PutBackRefusal>> => {
    const { sql } = tx;
    const [isPermitted, balances, [service]] = await Promise.all([
      input.permit(sql),
      lockBalances(sql, customerId),
      sql`
        select state, expires_at, cancel_requested_at from services
        where customer_id = ${customerId} and id = ${serviceId} for update`,
    ]);
    if (!isPermitted) return refuse({ code: "not_allowed" });
    if (!service) return refuse({ code: "service_not_found" });
    const { state } = service;
    if ((state !== "active" && state !== "suspended") || service.cancel_requested_at) {
      return refuse({ code: "service_not_going_on", state });
    }
    const put = await sql`
      update renewals set state = 'due', was_declined = false,
        due_on = case when ${reason === null} then due_on end
      where customer_id = ${customerId} and service_id = ${serviceId} and term_starts_at = ${service.expires_at}
        and state = 'declined' returning 1`;
    if (put.length === 0) return refuse({ code: "renewal_not_declined" });
    const actor = reason === null ? "customer" : "staff";
    const context = { customerId, now: clock.now(), clock, timeZone, actor, userId } as const;
    const decision = new Decision(context, balances);
    const subject = { subject: "service", subjectId: serviceId } as const;
    decision.record({ ...subject, verb: renewalPutBack.told });
    if (reason !== null) {
      // Twice, since the reason is between staff: once as the customer reads it, and once with why.
      decision.record({
        ...subject,
        verb: renewalPutBack.byStaff,
        detail: { reason },
        isVisible: false,
      });
    }
    write(tx, customerId, decision);
    return ok();
  });
}
