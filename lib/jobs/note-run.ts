import type { Database } from "@/db/client";

/** Notes that a job begins, for the staff's desk; what is said of its last run stays until it ends. */
export async function noteStart(
  { sql }: Database,
  { name, everySeconds }: { name: string; everySeconds: number },
  now: Date,
): Promise<void> {
  await sql`
    insert into job_runs (name, every_seconds, started_at) values (${name}, ${everySeconds}, ${now})
    on conflict (name) do update set every_seconds = excluded.every_seconds, started_at = excluded.started_at`;
}

/** Notes how it ended: `failure` is what it threw, null if it did what it was to do. */
export async function noteEnd(
  { sql }: Database,
  name: string,
  failure: string | null,
  now: Date,
): Promise<void> {
  await sql`
    update job_runs set ended_at = ${now}, failed_at = ${failure === null ? null : now},
      message = ${failure?.slice(0, 500) ?? null}
    where name = ${name}`;
}
