import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, ServiceId, UserId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { settleWhatWaits } from "../payment/settle-what-waits";
import { lockBalances } from "../scene";
import type { ServiceState } from "../service/states";
import type { World } from "../world";

export interface SwitchInput {
  customerId: CustomerId;
  userId: UserId;
  serviceId: ServiceId;
  isAutoRenew: boolean;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type SwitchRefusal =
  | { code: "not_allowed" }
  | { code: "service_not_found" }
  /** It was terminated or has ended: there is nothing to renew. */
  | { code: "service_ended"; state: ServiceState };

export type Switched =
  | { kind: "refused"; refusal: SwitchRefusal }
  /** The numbers of the invoices that the balance paid with it. */
  | { kind: "switched"; paid: string[] };

/**
 * Says whether a service renews by itself. Switching it on counts as money arriving: open renewals that the balance covers
 * are paid in the same transaction (domain.md, Renewing). Switched to what it is already, it stays so.
 */
export async function switchAutoRenew(
  world: World,
  database: Database,
  input: SwitchInput,
): Promise<Switched> {
  const { customerId, userId, serviceId, isAutoRenew } = input;
  return transact(database, { customerId, userId }, async (tx) => {
    const { sql } = tx;
    const [isPermitted, balances, [service]] = await Promise.all([
      input.permit(sql),
      lockBalances(sql, customerId),
      sql`
        select state, currency, is_auto_renew from services
        where customer_id = ${customerId} and id = ${serviceId} for update`,
    ]);
    if (!isPermitted) return refused({ code: "not_allowed" });
    if (!service) return refused({ code: "service_not_found" });
    const { state } = service;
    if (state === "terminated" || state === "canceled") return refused({ code: "service_ended", state });
    if (service.is_auto_renew === isAutoRenew) return { kind: "switched", paid: [] };
    // Before anything is decided: what is read from here on sees it.
    await sql`
      update services set is_auto_renew = ${isAutoRenew} where customer_id = ${customerId} and id = ${serviceId}`;
    const { clock, timeZone } = world;
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "customer" as const, userId };
    const decision = new Decision(context, balances);
    const verb = isAutoRenew ? "auto_renew_on" : "auto_renew_off";
    decision.record({ subject: "service", subjectId: serviceId, verb });
    decision.tell("service.auto_renew_switched", { serviceId, isAutoRenew });
    await settleWhatWaits(tx, decision, service.currency);
    return { kind: "switched", paid: decision.invoicesPaid.map(({ number }) => number) };
  });
}

function refused(refusal: SwitchRefusal): Switched {
  return { kind: "refused", refusal };
}
