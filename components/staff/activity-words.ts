import type { HostKey } from "@/lib/admin/host-settings";
import { formatMoney, isCurrency, money } from "@/lib/kernel/money";

interface Speech {
  locale: string;
  day: (at: Date) => string;
  /** A setting of a plan, as its form names it. */
  setting: (name: (typeof settingNames)[number]) => string;
  /** What the host says of itself, as its form names it. */
  host: (key: (typeof hostNames)[number]) => string;
  /** What the logo became, and where nothing stood. */
  logo: (became: "replaced" | "removed") => string;
  nothing: string;
  /** Where a plan says no days of its own. */
  hosts: string;
}

/** In the order in which a change of a plan's days is recorded. */
export const settingNames = [
  "leadDays",
  "graceDays",
  "terminateDays",
  "ownGraceDays",
  "reminderDays",
] as const;

/** What the host says of itself, in the order of its form. */
const hostNames = [
  "host_name",
  "host_address",
  "host_tax_id",
  "bank_account_holder",
  "bank_account",
  "bank_bic",
  "bank_name",
] as const satisfies readonly HostKey[];

/** What a record keeps, in words for the sentence of its verb: sums, days and countries as people read them. Pure. */
export function activityWords(
  verb: string,
  detail: Readonly<Record<string, string>>,
  speech: Speech,
): Record<string, string> {
  if (verb === "plan_price_set") return priceWords(detail, speech);
  if (verb === "plan_days_changed") return { ...detail, changes: changesOf(detail, speech) };
  if (verb === "host_changed") return { changes: hostChangesOf(detail, speech) };
  if (verb === "tax_point_changed" && /^[A-Z]{2}$/.test(detail.country ?? "")) {
    const names = new Intl.DisplayNames(speech.locale, { type: "region" });
    return { ...detail, country: names.of(detail.country ?? "") ?? "" };
  }
  return { ...detail };
}

function priceWords(
  { plan = "", currency = "", priceMinor = "0", beforeMinor = "0", from = "" }: Record<string, string>,
  { locale, day }: Speech,
): Record<string, string> {
  const sum = (minor: string) =>
    isCurrency(currency) ? formatMoney(money(BigInt(minor), currency), locale) : currency;
  return { plan, price: sum(priceMinor), before: sum(beforeMinor), day: day(new Date(from)) };
}

/** Only what became another. */
function changesOf({ from = "[]", to = "[]" }: Record<string, string>, { setting, hosts }: Speech): string {
  const [before, after] = [JSON.parse(from) as unknown[], JSON.parse(to) as unknown[]];
  const said = (value: unknown) => (Array.isArray(value) ? value.join(", ") : String(value ?? hosts));
  return settingNames
    .map((name, place) => ({ name, was: said(before[place]), is: said(after[place]) }))
    .filter(({ was, is }) => was !== is)
    .map(({ name, was, is }) => `${setting(name)}: ${was} → ${is}`)
    .join("; ");
}

/** What the host said before and says now; empty for records from before they kept it. */
function hostChangesOf(detail: Readonly<Record<string, string>>, { host, logo, nothing }: Speech): string {
  const said = (text: string | undefined) => text?.replaceAll("\n", ", ") || nothing;
  const texts = hostNames
    .filter((key) => `${key}_to` in detail)
    .map((key) => `${host(key)}: ${said(detail[`${key}_from`])} → ${said(detail[`${key}_to`])}`);
  const picture =
    detail.host_logo === undefined ? [] : [logo(detail.host_logo === "removed" ? "removed" : "replaced")];
  return [...texts, ...picture].join("; ");
}
