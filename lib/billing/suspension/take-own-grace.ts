import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, ServiceId, UserId } from "@/lib/kernel/id";
import { Decision } from "../decision";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { suspendsAt } from "./decide-stop";
import { lockNextTerms, type NextTerm } from "./next-terms";

export interface OwnGraceInput {
  customerId: CustomerId;
  userId: UserId;
  serviceId: ServiceId;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type OwnGraceRefusal =
  | { code: "not_allowed" }
  | { code: "service_not_found" }
  /** Its next term is not billed and unpaid: there is nothing to put off. */
  | { code: "nothing_to_put_off" }
  /** Once per term, and that was done. */
  | { code: "taken_already" }
  /** The plan gives no days. */
  | { code: "not_offered" }
  /** Another service is suspended, or another invoice is past due. */
  | { code: "not_in_good_standing" };

export type OwnGraceTaken = { ok: true; suspendsAt: Date } | { ok: false; refusal: OwnGraceRefusal };

/**
 * A customer in good standing gives themselves some days before a service is suspended, once per term; how many is the plan's to
 * say. Good standing is: no other service suspended, and nothing else past due. It is recorded.
 */
export function takeOwnGrace(world: World, database: Database, input: OwnGraceInput): Promise<OwnGraceTaken> {
  const { customerId, userId, serviceId } = input;
  const { clock, timeZone } = world;
  const now = clock.now();
  return transact(database, { customerId, userId }, async (tx) => {
    const { sql } = tx;
    const [isPermitted, balances, [term], [standing]] = await Promise.all([
      input.permit(sql),
      lockBalances(sql, customerId),
      lockNextTerms(sql, [{ customerId, serviceId }]),
      standingOf(sql, customerId, serviceId, calendarDay(now, timeZone)),
    ]);
    if (!isPermitted) return refused("not_allowed");
    if (!term) return refused("service_not_found");
    const refusal = refusalOf(term, standing);
    if (refusal) return refused(refusal);
    const days = standing?.own_grace_days as number;
    await sql`
      update renewals set own_grace_days = ${days} where customer_id = ${customerId} and id = ${term.renewalId}`;
    const renewal = term.facts.renewal && { ...term.facts.renewal, ownGraceDays: days };
    const at = suspendsAt({ ...term.facts, renewal }, timeZone) as Date;
    const decision = new Decision({ customerId, now, clock, timeZone, actor: "customer", userId }, balances);
    decision.record({
      subject: "service",
      subjectId: serviceId,
      verb: "own_grace_taken",
      detail: { days: days.toString(), until: calendarDay(at, timeZone) },
    });
    decision.tell("service.suspension_put_off", { serviceId, by: "customer", until: at.toISOString() });
    write(tx, customerId, decision);
    return { ok: true, suspendsAt: at };
  });
}

function refusalOf(term: NextTerm, standing: Standing | undefined): OwnGraceRefusal["code"] | null {
  const { state, renewal, invoice } = term.facts;
  if (state !== "active" || renewal?.state !== "invoiced" || invoice?.state !== "open")
    return "nothing_to_put_off";
  if (renewal.ownGraceDays > 0) return "taken_already";
  if (!standing || standing.own_grace_days === 0) return "not_offered";
  return standing.is_good ? null : "not_in_good_standing";
}

interface Standing {
  own_grace_days: number;
  is_good: boolean;
}

function standingOf(sql: ReservedSql, customerId: CustomerId, serviceId: ServiceId, today: CalendarDay) {
  return sql<Standing[]>`
    select p.own_grace_days, not exists (
        select from services o where o.customer_id = s.customer_id and o.state = 'suspended')
      and not exists (
        select from invoices i where i.customer_id = s.customer_id and i.state = 'open' and i.due_on < ${today}
          and not exists (select from invoice_lines l where l.customer_id = i.customer_id and l.invoice_id = i.id
            and l.service_id = s.id)) as is_good
    from services s join plans p on p.id = s.plan_id
    where s.customer_id = ${customerId} and s.id = ${serviceId}`;
}

function refused(code: OwnGraceRefusal["code"]): OwnGraceTaken {
  return { ok: false, refusal: { code } };
}
