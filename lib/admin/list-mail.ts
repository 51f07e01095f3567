import type { Fragment } from "postgres";
import { likeOf } from "@/db/like";
import { type CustomerId, isUuid } from "@/lib/kernel/id";
import type { Page } from "@/lib/kernel/page";
import { type MailFailure, readMailFailures } from "@/lib/mail/mail-failures";
import { cursorIn, keyset, pageOf } from "./keyset";
import { daysCondition } from "./list-invoices";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export const mailStates = ["waiting", "sent", "bounced", "undeliverable", "withdrawn"] as const;
export type MailState = (typeof mailStates)[number];

/** What a mail is about: the first word of its topic. */
export const mailTopics = [
  "reminder",
  "invoice",
  "payment",
  "renewal",
  "service",
  "refund",
  "dispute",
  "card",
] as const;
export type MailTopic = (typeof mailTopics)[number];

export interface MailFilter {
  state: MailState | null;
  topic: MailTopic | null;
  /** Part of its subject, or of the customer's name, address or reference. */
  text: string | null;
  from: string | null;
  to: string | null;
  cursor: string | null;
}

/** A mail to a customer: on its way, taken by a mail server, come back, refused for good, or withdrawn before it left. */
export interface ListedMail {
  id: string;
  subject: string;
  topic: string;
  state: MailState;
  attempts: number;
  createdAt: Date;
  sentAt: Date | null;
  customerName: string;
  customerReference: string;
  email: string;
  /** Addresses that it did not reach when it last went out. */
  failures: readonly MailFailure[];
}

export interface ShownMail extends ListedMail {
  customerId: CustomerId;
  /** As the portal's inbox has it: without the links that pay. */
  body: string;
  /** Further addresses that it went to. */
  copies: readonly string[];
  readAt: Date | null;
}

const rowsPerPage = 50;

/** Mails to all customers, the last written first. Every role of staff may look. */
export async function listMail(
  _actor: StaffActor,
  filter: MailFilter,
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedMail>> {
  const { sql } = world.staff;
  const cursor = cursorIn(filter.cursor, isUuid);
  const { beyond, order } = keyset(sql, { at: sql`n.created_at`, id: sql`n.id` }, cursor);
  const like = likeOf(filter.text);
  const conditions = [
    filter.state && sql`n.state = ${filter.state}`,
    filter.topic && sql`split_part(n.topic, '.', 1) = ${filter.topic}`,
    daysCondition(sql, sql`n.created_at`, filter, world.timeZone),
    like &&
      sql`(normalize(n.subject) ilike ${like} or normalize(h.name) ilike ${like} or normalize(h.email) ilike ${like} or normalize(h.reference) ilike ${like})`,
    beyond,
  ];
  const where = conditions.reduce<Fragment>((all, one) => (one ? sql`${all} and ${one}` : all), sql`true`);
  const found = await sql`
    select n.*, n.created_at::text as at, h.name, h.reference, h.email
    from notices n join customers h on h.id = n.customer_id
    where ${where} order by ${order} limit ${rowsPerPage + 1}`;
  const failures = await failuresOf(world, found);
  return pageOf(found, cursor, rowsPerPage, (row) => mailOf(row, failures));
}

/** One of them with its text; null if this customer was written no such mail. Every role of staff may look. */
export async function showMail(
  _actor: StaffActor,
  { reference, noticeId }: { reference: string; noticeId: string },
  world: StaffWorld = staffWorld(),
): Promise<ShownMail | null> {
  if (reference.includes("\0") || !isUuid(noticeId)) return null;
  const [row] = await world.staff.sql`
    select n.*, h.name, h.reference, h.email from customers h join notices n on n.customer_id = h.id
    where h.reference = ${reference} and n.id = ${noticeId}`;
  if (!row) return null;
  const { customer_id: customerId, body, copies, read_at: readAt } = row;
  return { ...mailOf(row, await failuresOf(world, [row])), customerId, body, copies, readAt };
}

function failuresOf(
  { staff }: StaffWorld,
  rows: readonly Record<string, unknown>[],
): Promise<Map<string, MailFailure[]>> {
  return readMailFailures(
    staff.sql,
    rows.map((row) => ({ customerId: row.customer_id as string, id: row.id as string })),
  );
}

function mailOf(row: Record<string, unknown>, failures: Map<string, MailFailure[]>): ListedMail {
  return {
    id: row.id as string,
    subject: row.subject as string,
    topic: row.topic as string,
    state: row.state as MailState,
    attempts: row.attempts as number,
    createdAt: row.created_at as Date,
    sentAt: row.sent_at as Date | null,
    customerName: row.name as string,
    customerReference: row.reference as string,
    email: row.email as string,
    failures: failures.get(row.id as string) ?? [],
  };
}
