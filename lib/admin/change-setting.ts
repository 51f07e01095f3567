import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { ok, type Refusal, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import type { StaffWorld } from "./world";

export type SettingRefusal =
  | { code: "not_allowed" }
  /** Somebody was faster. */
  | { code: "settings_changed" };

export interface SettingChange<T, R extends Refusal> {
  /** Its row in `settings`. */
  key: string;
  /** Where the row has a value for each country or currency: which of them. The others stay as they are. */
  part?: string;
  verb: string;
  /** What the page showed, as `seenAs` writes it. */
  seen: string;
  parse: () => Result<T, R> | Promise<Result<T, R>>;
  read: (sql: ReservedSql) => Promise<T>;
  seenAs: (value: T) => string;
  /** As JSON. */
  stored: (value: T) => string | number | readonly number[];
  /** What the record says of the change. */
  told: (from: T, to: T) => Record<string, string>;
}

/** Changes a setting of the host, once: whoever saw another value than the one that stands is refused. Admins alone. */
export async function changeSetting<T, R extends Refusal>(
  world: StaffWorld,
  { role, userId }: StaffActor,
  change: SettingChange<T, R>,
): Promise<Result<undefined, R | SettingRefusal>> {
  if (!mayStaff(role, "host.change")) return refuse({ code: "not_allowed" });
  const parsed = await change.parse();
  if (!parsed.ok) return parsed;
  const { key, part, verb, seen, seenAs, stored, told } = change;
  const value = stored(parsed.value);
  return transact(world.staff, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('mallard host settings'))`;
    const stood = await change.read(sql);
    if (seenAs(stood) !== seen) return refuse({ code: "settings_changed" });
    if (seenAs(parsed.value) === seen) return ok();
    await sql`
      insert into settings (key, value) values (${key}, ${sql.json(part === undefined ? value : { [part]: value })})
      on conflict (key) do update
      set value = case when ${part !== undefined} then settings.value || excluded.value else excluded.value end`;
    await recordActivity(world, sql, { customerId: null, userId, verb, detail: told(stood, parsed.value) });
    return ok();
  });
}
