import type { TaxPoint } from "@/lib/billing/invoice/tax-rule";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { changeSetting, type SettingRefusal } from "./change-setting";
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

export type TaxPointRefusal = SettingRefusal | { code: "tax_country_unknown" };

/** Changes which day decides the rate of a country's lines, for invoices issued from now on; admins alone. */
export function changeTaxPoint(
  actor: StaffActor,
  { country, point, seen }: TaxPointChange,
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, TaxPointRefusal>> {
  return changeSetting<TaxPoint, { code: "tax_country_unknown" }>(world, actor, {
    key: "tax_points",
    part: country,
    verb: "tax_point_changed",
    seen,
    parse: async () => {
      const [taxed] = await world.staff.sql`select 1 from tax_rates where country = ${country} limit 1`;
      return taxed ? ok(point) : refuse({ code: "tax_country_unknown" });
    },
    read: async (sql) => {
      const [row] = await sql`select value ->> ${country} as point from settings where key = 'tax_points'`;
      return row?.point ?? "term_start";
    },
    seenAs: (value) => value,
    stored: (value) => value,
    told: (from, to) => ({ country, from, to }),
  });
}
