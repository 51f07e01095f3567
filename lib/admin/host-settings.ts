import { transact } from "@/db/transaction";
import { askForMailToAdmins } from "@/lib/auth/login-mail";
import { mayStaff } from "@/lib/auth/staff-rights";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { normalizedLogo } from "./host-logo";
import { nameOfStaff, recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** What the host says of itself: in the portal, on papers, and to those who pay by bank. */
export const hostKeys = [
  "host_name",
  "host_address",
  "host_tax_id",
  "bank_account_holder",
  "bank_account",
  "bank_bic",
  "bank_name",
] as const;
/** Where customers' transfers go. */
const bankKeys = ["bank_account_holder", "bank_account", "bank_bic", "bank_name"] as const;

export type HostKey = (typeof hostKeys)[number];

/** Room for each, in characters. */
export const hostLengths: Record<HostKey, number> = {
  host_name: 100,
  host_address: 500,
  host_tax_id: 40,
  bank_account_holder: 140,
  bank_account: 64,
  bank_bic: 20,
  bank_name: 140,
};

export const logoBytesMost = 500_000;

export interface HostSettings {
  values: Record<HostKey, string>;
  /** A picture's data address; null where there is none. */
  logo: string | null;
  /** Grows with each change. */
  version: number;
}

/** Every role of staff may look. */
export async function showHostSettings(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<HostSettings> {
  const keys = [...hostKeys, "host_logo", "host_version"];
  const rows = await world.staff.sql`select key, value from settings where key = any(${keys})`;
  const kept = (key: string): unknown => rows.find((row) => row.key === key)?.value;
  const textOf = (key: string) => (typeof kept(key) === "string" ? (kept(key) as string) : "");
  return {
    values: Object.fromEntries(hostKeys.map((key) => [key, textOf(key)])) as Record<HostKey, string>,
    logo: textOf("host_logo") || null,
    version: Number(kept("host_version") ?? 0),
  };
}

export type HostRefusal =
  | { code: "not_allowed" }
  | { code: "host_name_missing" }
  | { code: "host_text_too_long"; most: number }
  | { code: "bank_half" }
  | { code: "logo_too_large"; most: number }
  | { code: "logo_no_picture" }
  /** Somebody was faster. */
  | { code: "settings_changed" };

export interface HostChange {
  /** Of the settings that the page showed. */
  version: number;
  values: Record<HostKey, string>;
  /** A new picture, none any more, or the one that is there. */
  logo: Uint8Array | "remove" | "keep";
}

/** Changes what the host says of itself; admins alone. Of two at once one wins and the other is told. */
export async function changeHostSettings(
  actor: StaffActor,
  change: HostChange,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ version: number }, HostRefusal>> {
  if (!mayStaff(actor.role, "host.change")) return refuse({ code: "not_allowed" });
  const checked = checkedValues(change.values);
  if (!checked.ok) return checked;
  const logo = await checkedLogo(change.logo);
  if (!logo.ok) return logo;
  const next = change.version + 1;
  return transact(world.staff, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('mallard host settings'))`;
    const [seen] = await sql`select value from settings where key = 'host_version'`;
    if (Number(seen?.value ?? 0) !== change.version) return refuse({ code: "settings_changed" });
    const kept =
      await sql`select key, value #>> '{}' as text from settings where key = any(${[...hostKeys]})`;
    const textOf = (key: string) => kept.find((row) => row.key === key)?.text ?? "";
    if (bankKeys.some((key) => textOf(key) !== checked.value[key])) {
      const by = await nameOfStaff(sql, actor.userId);
      await askForMailToAdmins(sql, world.clock, { kind: "bank_account_changed", detail: { by } });
    }
    const texts = { ...checked.value, ...(logo.value !== null && { host_logo: logo.value }) };
    const rows = Object.entries(texts).map(([key, value]) => ({ key, value }));
    await sql`
      insert into settings (key, value)
      select key, to_jsonb(value) from json_to_recordset(${JSON.stringify(rows)}::text::json) as t(key text, value text)
      order by key on conflict (key) do update set value = excluded.value`;
    await sql`
      insert into settings (key, value) values ('host_version', ${sql.json(next)})
      on conflict (key) do update set value = excluded.value`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "host_changed",
      detail: changesIn(textOf, checked.value, change.logo),
    });
    return ok({ version: next });
  });
}

/** What each changed setting was and became, as `host_name_from` and `host_name_to`. Of a logo only whether it went. */
function changesIn(
  before: (key: HostKey) => string,
  after: Record<HostKey, string>,
  logo: HostChange["logo"],
): Record<string, string> {
  const texts = hostKeys
    .filter((key) => before(key) !== after[key])
    .flatMap((key) => [
      [`${key}_from`, before(key)],
      [`${key}_to`, after[key]],
    ]);
  const picture = logo === "keep" ? [] : [["host_logo", logo === "remove" ? "removed" : "replaced"]];
  return Object.fromEntries([...texts, ...picture]);
}

function checkedValues(values: Record<HostKey, string>): Result<Record<HostKey, string>, HostRefusal> {
  const checked = { ...values };
  for (const key of hostKeys) {
    const text = values[key].replaceAll("\0", "").replaceAll("\r\n", "\n").trim();
    const isOneLine = key !== "host_address";
    checked[key] = isOneLine ? text.replaceAll(/\s+/g, " ") : text;
    if (checked[key].length > hostLengths[key]) {
      return refuse({ code: "host_text_too_long", most: hostLengths[key] });
    }
  }
  if (checked.host_name === "") return refuse({ code: "host_name_missing" });
  // Half of it would send somebody's money nowhere.
  if ((checked.bank_account === "") !== (checked.bank_account_holder === ""))
    return refuse({ code: "bank_half" });
  return ok(checked);
}

/** The data address that is kept, "" for none any more; null where the picture stays as it is. */
async function checkedLogo(logo: HostChange["logo"]): Promise<Result<string | null, HostRefusal>> {
  if (logo === "keep") return ok(null);
  if (logo === "remove") return ok("");
  if (logo.length > logoBytesMost) return refuse({ code: "logo_too_large", most: logoBytesMost / 1000 });
  const normalized = await normalizedLogo(logo);
  if (!normalized) return refuse({ code: "logo_no_picture" });
  return ok(`data:image/png;base64,${normalized.toString("base64")}`);
}
