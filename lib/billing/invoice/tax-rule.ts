import type { ReservedSql, Sql } from "@/db/client";

/** Whose day decides the rate of a line that has a period: a setting of the country (domain.md, A2). */
export type TaxPoint = "term_start" | "term_end" | "invoice";

/** The rates of a country, and when each line is taxed. */
export interface TaxRule {
  readonly point: TaxPoint;
  readonly rates: readonly { readonly validFrom: Date; readonly ratePpm: number }[];
}

/** Of lines that all name their rate themselves. */
export const ownRates: TaxRule = { point: "invoice", rates: [] };

/** One rate, for ever. */
export function flatTax(ratePpm: number): TaxRule {
  return { point: "term_start", rates: [{ validFrom: new Date(0), ratePpm }] };
}

/**
 * The rate of a line, in parts per million: that of the start or of the last moment of its period, or of its invoice, which
 * comes before its payment. A line without a period is taxed at its invoice. Pure.
 */
export function ratePpmOf(
  { point, rates }: TaxRule,
  period: { startsAt: Date; endsAt: Date } | null,
  issuedAt: Date,
): number {
  const at =
    period === null || point === "invoice"
      ? issuedAt
      : point === "term_start"
        ? period.startsAt
        : new Date(period.endsAt.getTime() - 1);
  let last: TaxRule["rates"][number] | null = null;
  for (const one of rates) {
    if (one.validFrom <= at && (!last || one.validFrom > last.validFrom)) last = one;
  }
  return last?.ratePpm ?? 0;
}

/** The rule of the customer `c`'s country, within a query, for `taxRuleIn`. */
export function taxRuleSql(sql: Sql | ReservedSql) {
  return sql`json_build_object(
    'point', coalesce((select s.value ->> c.country from settings s where s.key = 'tax_points'), 'term_start'),
    'rates', coalesce((select json_agg(json_build_object('validFrom', t.valid_from, 'ratePpm', t.rate_ppm))
      from tax_rates t where t.country = c.country), '[]'))`;
}

export function taxRuleIn(value: unknown): TaxRule {
  const { point, rates } = value as { point: TaxPoint; rates: { validFrom: string; ratePpm: number }[] };
  return {
    point,
    rates: rates.map(({ validFrom, ratePpm }) => ({ validFrom: new Date(validFrom), ratePpm })),
  };
}
