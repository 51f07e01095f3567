import { afterAll, beforeAll, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { taxRuleIn, taxRuleSql } from "@/lib/billing/invoice/tax-rule";
import { makeCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { changeTaxPoint, showTaxPoints } from "./tax-points";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
  for (const [country, from, ppm] of [
    ["DE", "2020-01-01T00:00:00Z", 160_000],
    ["DE", "2021-01-01T00:00:00Z", 190_000],
    ["DE", "2099-01-01T00:00:00Z", 200_000],
    ["FR", "2020-01-01T00:00:00Z", 200_000],
  ] as const) {
    await world.staff.sql`
      insert into tax_rates (country, valid_from, name, rate_ppm) values (${country}, ${from}::text::timestamptz, 'VAT', ${ppm})`;
  }
});

afterAll(() => world.close());

/** What invoices of the country go by. */
async function ruleOf(country: string) {
  const { customerId } = await makeCustomer(world, { country });
  return transact(world.app, { customerId }, async ({ sql }) => {
    const [row] = await sql`select ${taxRuleSql(sql)} as rule from customers c where c.id = ${customerId}`;
    return taxRuleIn(row?.rule).point;
  });
}

it("a term's first day decides the rate until an admin says otherwise for that country, who saw what stood", async () => {
  const [admin, finance] = await Promise.all([makeStaff(world, "admin"), makeStaff(world, "finance")]);
  const shown = await showTaxPoints(finance, world);
  expect(shown.filter(({ country }) => ["DE", "FR"].includes(country))).toMatchObject([
    { country: "DE", point: "term_start", rates: [{ ratePpm: 190_000 }, { ratePpm: 200_000 }] },
    { country: "FR", point: "term_start", rates: [{ ratePpm: 200_000 }] },
  ]);

  const wish = { country: "DE", point: "term_end", seen: "term_start" } as const;
  expect(await changeTaxPoint(finance, wish, world)).toMatchObject({ refusal: { code: "not_allowed" } });
  expect(await changeTaxPoint(admin, { ...wish, country: "ZZ" }, world)).toMatchObject({
    refusal: { code: "tax_country_unknown" },
  });
  expect(await changeTaxPoint(admin, wish, world)).toMatchObject({ ok: true });
  expect(await changeTaxPoint(admin, { ...wish, point: "invoice" }, world)).toMatchObject({
    refusal: { code: "settings_changed" },
  });
  expect(
    await changeTaxPoint(admin, { country: "FR", point: "invoice", seen: "term_start" }, world),
  ).toMatchObject({ ok: true });

  expect(await ruleOf("DE")).toBe("term_end");
  expect(await ruleOf("FR")).toBe("invoice");
  const told = await world.staff.sql`
    select detail ->> 'country' as country from activities where verb = 'tax_point_changed' order by occurred_at, 1`;
  expect(told.map(({ country }) => country)).toEqual(["DE", "FR"]);
});

it("of two admins at once one changes it and the other is told", async () => {
  const admins = await Promise.all([makeStaff(world, "admin"), makeStaff(world, "admin")]);
  const [stood] = (await showTaxPoints(admins[0], world)).filter(({ country }) => country === "DE");
  const seen = stood?.point ?? "term_start";
  const points = (["term_start", "term_end", "invoice"] as const).filter((point) => point !== seen);
  const answers = await Promise.all(
    admins.map((admin, at) =>
      changeTaxPoint(admin, { country: "DE", point: points[at] ?? "invoice", seen }, world),
    ),
  );
  expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
});
