import type { Fragment } from "postgres";
import type { Sql } from "@/db/client";
import { likeOf } from "@/db/like";
import { type Subject, subjectOf, subjectParts } from "@/lib/billing/activity-subject";
import { endedByHost } from "@/lib/billing/payment/void-invoice";
import { keptByHost } from "@/lib/billing/renewal/cancel-service";
import { renewalPutBack } from "@/lib/billing/renewal/put-back";
import { toldToCustomer } from "@/lib/billing/suspension/hold-suspension";
import { isUuid } from "@/lib/kernel/id";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, pageOf } from "./keyset";
import { daysCondition } from "./list-invoices";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type { ActivitySubject } from "@/lib/billing/activity-subject";

export const activityActors = ["staff", "customer", "system"] as const;
export type ActivityActor = (typeof activityActors)[number];

export interface ActivitiesFilter {
  actor: ActivityActor | null;
  /** Part of the name or address of who did it, or of the customer's name or reference. */
  text: string | null;
  from: string | null;
  to: string | null;
  cursor: string | null;
}

/** Something that was done: who, what, to what and whom, why. */
export interface ListedActivity extends Subject {
  id: string;
  occurredAt: Date;
  actor: ActivityActor;
  /** The person's name; null for the system, and where nobody was signed in. */
  who: string | null;
  verb: string;
  detail: Record<string, string>;
  /** Null for what is the house's own. */
  customer: { name: string; reference: string } | null;
}

/** What is recorded twice, once for the customer's eyes: staff read the other one, which has the reason. */
export const customersTwins: readonly string[] = [
  ...Object.values(toldToCustomer),
  renewalPutBack.told,
  endedByHost,
  keptByHost,
];

/** A transfer by bank is a line of its payment; what of it went to each invoice stands on the invoice. */
export function isOneOfItsTransfer(sql: Sql): Fragment {
  return sql`a.verb = 'bank_payment_recorded' and a.subject = 'invoice'`;
}

const rowsPerPage = 50;

/** The record over all customers, the newest first. Every role of staff may look; nobody may change it. */
export async function listActivities(
  _actor: StaffActor,
  filter: ActivitiesFilter,
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedActivity>> {
  const { sql } = world.staff;
  const cursor = cursorIn(filter.cursor, isUuid);
  // Ids are made in the order of time, and one index serves them all.
  const beyond = !cursor
    ? sql`true`
    : cursor.direction === "before"
      ? sql`a.id > ${cursor.id}`
      : sql`a.id < ${cursor.id}`;
  const order = cursor?.direction === "before" ? sql`a.id` : sql`a.id desc`;
  const like = likeOf(filter.text);
  const conditions = [
    filter.actor && sql`a.actor = ${filter.actor}`,
    daysCondition(sql, sql`a.occurred_at`, filter, world.timeZone),
    like &&
      sql`(normalize(u.name) ilike ${like} or normalize(u.email) ilike ${like} or normalize(c.name) ilike ${like} or normalize(c.reference) ilike ${like})`,
    beyond,
  ];
  const where = conditions.reduce<Fragment>(
    (all, one) => (one ? sql`${all} and ${one}` : all),
    sql`a.verb <> all(${[...customersTwins]}) and not (${isOneOfItsTransfer(sql)})`,
  );
  const { columns, joins } = subjectParts(sql);
  const found = await sql`
    select a.id, a.occurred_at, a.actor, a.verb, a.detail, u.name as who, c.name, c.reference, c.is_house,
      a.occurred_at::text as at, ${columns}
    from activities a join customers c on c.id = a.customer_id left join users u on u.id = a.user_id ${joins}
    where ${where} order by ${order} limit ${rowsPerPage + 1}`;
  return pageOf(found, cursor, rowsPerPage, activityOf);
}

/** A row of `activities` with the names of who did it and of the customer, and what it was done to if that was asked. */
export function activityOf(row: Record<string, unknown>): ListedActivity {
  return {
    id: row.id as string,
    occurredAt: row.occurred_at as Date,
    actor: row.actor as ActivityActor,
    who: row.who as string | null,
    verb: row.verb as string,
    detail: row.detail as Record<string, string>,
    ...subjectOf(row),
    customer: row.is_house ? null : { name: row.name as string, reference: row.reference as string },
  };
}
