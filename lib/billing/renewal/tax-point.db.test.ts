import { afterAll, beforeAll, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { money } from "@/lib/kernel/money";
import { showRenewNow } from "@/lib/portal/renew-now";
import { giveBalance, makeActiveService, makeCustomer, makePlan } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { dueIn } from "../invoice/days-from-due";
import { issueInvoices } from "../invoice/issue-invoices";
import { forecastRenewals } from "./forecast";
import { readForecastScenes } from "./read-forecast";
import { runRenewals } from "./run-renewals";

const dayMs = 86_400_000;

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

/** 19 % until the 15th of April, then 20 %. */
async function taxed(country: string, point?: string): Promise<void> {
  for (const [from, ppm] of [
    ["2020-01-01T00:00:00Z", 190_000],
    ["2026-04-15T00:00:00Z", 200_000],
  ] as const) {
    await world.staff.sql`
      insert into tax_rates (country, valid_from, name, rate_ppm) values (${country}, ${from}::text::timestamptz, 'VAT', ${ppm})`;
  }
  if (!point) return;
  await world.staff.sql`
    insert into settings (key, value) values ('tax_points', jsonb_build_object(${country}::text, ${point}::text))
    on conflict (key) do update set value = settings.value || excluded.value`;
}

it.each([
  // The next terms begin on 10 April, 10 May and 10 June.
  ["DE", undefined, [1190n, 1200n, 1200n]],
  ["AT", "term_end", [1200n, 1200n, 1200n]],
  ["NL", "invoice", [1190n, 1190n, 1190n]],
] as const)(
  "renewing now across a change of rate costs what the forecast says, in %s taxed at %s",
  async (country, point, expected) => {
    world.clock.set(new Date("2026-03-10T09:00:00Z"));
    await taxed(country, point);
    const customer = await makeCustomer(world, { country });
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const shown = await showRenewNow(customer.actor, { serviceId, terms: 3 }, world);
    expect(shown.ok && shown.value.terms.map(({ amount }) => amount.minor)).toEqual(expected);

    const { customerId } = customer;
    const [scene] = await transact(world.app, { customerId }, ({ sql }) =>
      readForecastScenes(sql, customerId, { now: world.clock.now(), timeZone: world.timeZone }),
    );
    if (!scene) throw new Error("the customer has a scene");
    const { events } = forecastRenewals({ ...scene, availableMinor: 100_000n, horizonDays: 90 });
    // What is taxed by its invoice costs what the rate is when the run issues it.
    const byRun = point === "invoice" ? [1190n, 1200n, 1200n] : expected;
    expect(events.map(({ amountMinor }) => amountMinor)).toEqual(byRun.slice(0, events.length));
    expect(events.length).toBeGreaterThanOrEqual(2);

    await giveBalance(world, customer, 100_000n);
    for (const days of [30, 30]) {
      world.clock.advance(days * dayMs);
      await runRenewals(world);
    }
    const issued = await world.jobs.sql`
    select i.total_minor from invoices i where i.customer_id = ${customerId} and i.origin = 'renewal' order by i.issued_at`;
    expect(issued.map((row) => row.total_minor)).toEqual(byRun.slice(0, 2));
  },
);

it("eight lines of 5.50 at 19 % are issued with 8.36 of tax, and a half with its decimals", async () => {
  world.clock.set(new Date("2026-03-10T09:00:00Z"));
  const customer = await makeCustomer(world, { currency: "EUR" });
  const line = { kind: "other" as const, description: "Work", unit: money(550n, "EUR"), taxRatePpm: 190_000 };
  const issue = (quantities: string[], includesTax = false) =>
    issueInvoices(world, world.staff, customer.customerId, async () => [
      {
        ...{ origin: "manual" as const, currency: "EUR" as const, summary: "Work" },
        dueOn: dueIn(7, world.clock.now(), world.timeZone),
        lines: quantities.map((quantity) => ({ ...line, quantity, includesTax })),
      },
    ]);
  const totals = async (quantities: string[], includesTax = false) => {
    const [invoice] = await issue(quantities, includesTax);
    const [row] = await world.jobs.sql`
      select i.net_minor as net, i.tax_minor as tax, sum(l.net_minor)::bigint as net_of_lines,
        sum(l.tax_minor)::bigint as tax_of_lines, array_agg(distinct l.period) as periods
      from invoices i join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id
      where i.id = ${invoice?.id ?? null} group by i.net_minor, i.tax_minor`;
    return row;
  };
  const none = { periods: ["none"] };
  const eight = Array.from({ length: 8 }, () => "1");
  expect(await totals(eight)).toEqual({
    net: 4400n,
    tax: 836n,
    net_of_lines: 4400n,
    tax_of_lines: 836n,
    ...none,
  });
  expect(await totals(["2.5"])).toMatchObject({ net: 1375n, tax: 261n });
  expect(await totals(["1", "1", "1"], true)).toMatchObject({ net: 1387n, tax: 263n });
});
