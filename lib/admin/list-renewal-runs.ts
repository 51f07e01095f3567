import { isUuid } from "@/lib/kernel/id";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, keyset, pageOf } from "./keyset";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** One pass over all services that were due, in services; a customer that spoiled their batch counts as one parked. */
export interface ListedRun {
  id: string;
  startedAt: Date;
  /** Of its last batch. */
  updatedAt: Date;
  /** Under way; given up, if its worker died; or over, with the time that it took. */
  state: "running" | "lost" | "ended";
  tookMs: number;
  due: number;
  issued: number;
  paid: number;
  short: number;
  parked: number;
}

const rowsPerPage = 25;

/** A run that has said nothing for so long is not under way any more. */
export const silentMs = 5 * 60_000;

/** Renewal runs that found something due, the last begun first. Every role of staff may look. */
export async function listRenewalRuns(
  _actor: StaffActor,
  { cursor: text }: { cursor: string | null },
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedRun>> {
  const { sql } = world.staff;
  const now = world.clock.now().getTime();
  const cursor = cursorIn(text, isUuid);
  const { beyond, order } = keyset(sql, { at: sql`started_at`, id: sql`id` }, cursor);
  const found = await sql`
    select *, started_at::text as at from renewal_runs
    where ${beyond} order by ${order} limit ${rowsPerPage + 1}`;
  return pageOf(found, cursor, rowsPerPage, (row) => ({
    id: row.id,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    state: row.ended_at ? "ended" : now - row.updated_at.getTime() < silentMs ? "running" : "lost",
    tookMs: (row.ended_at ?? row.updated_at).getTime() - row.started_at.getTime(),
    due: row.due,
    issued: row.issued,
    paid: row.paid,
    short: row.short,
    parked: row.parked,
  }));
}
