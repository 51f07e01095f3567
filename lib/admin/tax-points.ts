import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { TaxPoint } from "@/lib/billing/invoice/tax-rule";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export const taxPoints = ["term_start", "term_end", "invoice"] as const satisfies readonly TaxPoint[];

/** A country whose customers are taxed. */
export interface CountryTax {
  country: string;
  /** The rates that apply and those to come, the first to apply first. */
  rates: { name: string; ratePpm: number; validFrom: Date }[];
  point: TaxPoint;
}

/** Which day decides the rate in each country that has one (domain.md, A2). Every role of staff may look. */
export async function showTaxPoints(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<CountryTax[]> {
  const rows = await world.staff.sql`
    select r.country, r.name, r.rate_ppm, r.valid_from,
      coalesce((select value ->> r.country from settings where key = 'tax_points'), 'term_start') as point
    from tax_rates r
    where r.valid_from >= coalesce((select max(o.valid_from) from tax_rates o
      where o.country = r.country and o.valid_from <= ${world.clock.now()}), r.valid_from)
    order by r.country, r.valid_from`;
  const countries = new Map<string, CountryTax>();
  for (const { country, point, name, rate_ppm: ratePpm, valid_from: validFrom } of rows) {
    const one: CountryTax = countries.get(country) ?? { country, point, rates: [] };
    one.rates.push({ name, ratePpm, validFrom });
    countries.set(country, one);
  }
  return [...countries.values()];
}

export interface TaxPointChange {
  country: string;
  point: TaxPoint;
  /** What the page showed. */
  seen: TaxPoint;
}

export type TaxPointRefusal =
  | { code: "not_allowed" }
  | { code: "tax_country_unknown" }
  /** Somebody was faster. */
  | { code: "settings_changed" };

/** Changes which day decides the rate of a country's lines, for invoices issued from now on; admins alone. */
export async function changeTaxPoint(
  actor: StaffActor,
  { country, point, seen }: TaxPointChange,
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, TaxPointRefusal>> {
  if (!mayStaff(actor.role, "host.change")) return refuse({ code: "not_allowed" });
  return transact(world.staff, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('mallard host settings'))`;
    const [stood] = await sql`
      select coalesce((select value ->> ${country} from settings where key = 'tax_points'), 'term_start') as point
      from tax_rates where country = ${country} limit 1`;
    if (!stood) return refuse({ code: "tax_country_unknown" });
    if (stood.point !== seen) return refuse({ code: "settings_changed" });
    if (point === seen) return ok();
    await sql`
      insert into settings (key, value) values ('tax_points', ${sql.json({ [country]: point })})
      on conflict (key) do update set value = settings.value || excluded.value`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "tax_point_changed",
      detail: { country, from: seen, to: point },
    });
    return ok();
  });
}
