import { transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import { isUuid } from "@/lib/kernel/id";
import { decodeCursor, encodeCursor, type Page } from "@/lib/kernel/page";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { readMailFailures } from "@/lib/mail/mail-failures";
import { linkedText } from "./linked-text";
import { maySee } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor, Notice } from "./shapes";
import { portalWorld } from "./world";

const rowsPerPage = 25;

/** What the customer was told, newest first, as it was sent; what was withdrawn before it left is not shown. */
export function showInbox(
  actor: CustomerActor,
  wish: { cursor?: string | null } = {},
  world: World = portalWorld(),
): Promise<Page<Notice>> {
  const [direction, id] = (wish.cursor && decodeCursor(wish.cursor)) || [];
  const from = id && isUuid(id) ? id : null;
  const isBack = direction === "before" && from !== null;
  return readAs(world, actor, async (sql) => {
    const beyond = from === null ? sql`true` : isBack ? sql`id > ${from}` : sql`id < ${from}`;
    const found = await sql`
      select id, subject, body, link, state, created_at, sent_at, read_at from notices
      where customer_id = ${actor.customerId} and state <> 'withdrawn' and ${beyond}
      order by id ${isBack ? sql`asc` : sql`desc`} limit ${rowsPerPage + 1}`;
    const hasMore = found.length > rowsPerPage;
    const shown = found.slice(0, rowsPerPage);
    if (isBack) shown.reverse();
    const at = (row: (typeof shown)[number] | undefined, way: string) =>
      row ? encodeCursor([way, row.id]) : null;
    const { customerId } = actor;
    const failures = await readMailFailures(
      sql,
      shown.map(({ id }) => ({ customerId, id })),
    );
    const rows = shown.map(
      (row): Notice => ({
        id: row.id,
        subject: row.subject,
        body: linkedText(row.body, originOf(row.link)),
        path: pathOf(row.link),
        state: row.state,
        failures: failures.get(row.id) ?? [],
        at: row.sent_at ?? row.created_at,
        isRead: row.read_at !== null,
      }),
    );
    const next = isBack || hasMore ? at(shown.at(-1), "after") : null;
    const previous = (isBack ? hasMore : from !== null) ? at(shown[0], "before") : null;
    return { rows, next, previous };
  });
}

/** How many mails of the inbox nobody has read, counted to 99 at most. */
export function countUnread(actor: CustomerActor, world: World = portalWorld()): Promise<number> {
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`
      select count(*)::int as count from (
        select 1 from notices where customer_id = ${actor.customerId} and state <> 'withdrawn' and read_at is null
        limit 99) unread`;
    return row?.count ?? 0;
  });
}

function originOf(link: string): string | null {
  return URL.canParse(link) ? new URL(link).origin : null;
}

/** The portal may have moved since the mail was sent: only where on it the link leads is kept. */
function pathOf(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}

/** Marks mails of the inbox as read, for every member of the customer. Refused where none of them is the customer's. */
export function markNoticesRead(
  actor: CustomerActor,
  { noticeIds }: { noticeIds: readonly string[] },
  world: World = portalWorld(),
): Promise<Result<null, { code: "not_allowed" } | { code: "notice_not_found" }>> {
  const { customerId, userId } = actor;
  const ids = noticeIds.filter(isUuid);
  return transact(world.app, { customerId, userId }, async ({ sql }) => {
    if (!(await maySee(sql, actor))) return refuse({ code: "not_allowed" });
    const marked = await sql`
      update notices set read_at = coalesce(read_at, ${world.clock.now()})
      where customer_id = ${customerId} and id = any(${ids}::uuid[]) returning 1`;
    return marked.length > 0 ? ok(null) : refuse({ code: "notice_not_found" });
  });
}
