import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import type { CustomerId, PlanId } from "@/lib/kernel/id";
import type { LockedBalance } from "@/lib/ledger/book";
import { Decision } from "../decision";
import { numberInvoices, numbersMost, prepareSeries, seriesOf } from "../invoice/number-invoices";
import { type TaxRule, taxRuleIn, taxRuleSql } from "../invoice/tax-rule";
import type { World } from "../world";
import { decideRenewals, type Renewed } from "./decide-renewals";
import {
  type DueCustomer,
  type DueService,
  dueCustomers,
  lockDueServices,
  renewalHorizons,
} from "./due-services";
import { isOfTheData, parkCustomer } from "./park-customer";
import { type DecidedRenewals, writeRenewals } from "./write-renewals";

/** What a run has done so far, in services; a customer that spoiled their batch counts as one parked. */
export interface RenewalProgress {
  due: number;
  issued: number;
  paid: number;
  short: number;
  parked: number;
}

export interface RunOptions {
  /** About so many services in one transaction. */
  batchSize?: number;
  /** So many batches at once: while the database writes one, the next is decided. */
  lanes?: number;
  /** Told after every twenty batches, when none is under way, and at the end. */
  onProgress?: (progress: RenewalProgress) => Promise<void>;
}

/** So many customers are listed at once, so that a long run needs no more memory than a short one. */
const listedMost = 50_000;
const batchesBetweenNews = 20;

/**
 * One pass over all services that are due: issues their next terms' invoices, lets balances pay what they cover, extends
 * terms, and says what is short (domain.md, Renewing). Each batch is one transaction of whole customers, so a run can be
 * killed anywhere and run twice, or by two workers at once: what is done is no longer due. A batch that fails is halved
 * until the customer that spoils it is parked for staff; the others go on. Throws where the database itself fails.
 */
export async function runRenewals(world: World, options: RunOptions = {}): Promise<RenewalProgress> {
  const { batchSize = 250, lanes = 2, onProgress } = options;
  const horizons = await renewalHorizons(world.jobs.sql, world.clock.now(), world.timeZone);
  const progress: RenewalProgress = { due: 0, issued: 0, paid: 0, short: 0, parked: 0 };
  let after: CustomerId | null = null;
  for (;;) {
    const customers: DueCustomer[] = await dueCustomers(world.jobs.sql, horizons, after, listedMost);
    const last = customers.at(-1);
    if (!last) return progress;
    const batches = batchesOf(customers, batchSize);
    for (let from = 0; from < batches.length; from += batchesBetweenNews) {
      const some = batches.slice(from, from + batchesBetweenNews);
      await inLanes(lanes, some, (batch) => renewOrHalve(world, horizons, batch, progress));
      await onProgress?.({ ...progress });
    }
    after = last.customerId;
  }
}

type Horizons = ReadonlyMap<PlanId, Date>;

function batchesOf(customers: readonly DueCustomer[], batchSize: number): DueCustomer[][] {
  const batches: DueCustomer[][] = [];
  let services = batchSize;
  for (const customer of customers) {
    if (services >= batchSize) {
      batches.push([]);
      services = 0;
    }
    batches.at(-1)?.push(customer);
    services += customer.services;
  }
  return batches;
}

/** Takes the items in their order, so many at once. The first fault ends all lanes and is thrown once they stand still. */
async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  let hasFailed = false;
  const lane = async () => {
    for (const item of left) {
      if (hasFailed) return;
      await work(item).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const fault = ends.find((end) => end.status === "rejected");
  if (fault) throw fault.reason;
}

async function renewOrHalve(
  world: World,
  horizons: Horizons,
  batch: readonly DueCustomer[],
  progress: RenewalProgress,
): Promise<void> {
  try {
    const renewed = await renewBatch(
      world,
      horizons,
      batch.map(({ customerId }) => customerId),
    );
    progress.due += batch.reduce((sum, { services }) => sum + services, 0);
    for (const one of renewed) add(progress, one);
  } catch (error) {
    const [one, ...others] = batch;
    if (!isOfTheData(error) || !one) throw error;
    if (others.length === 0) {
      await parkCustomer(world, one.customerId, error);
      progress.due += one.services;
      progress.parked += 1;
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await renewOrHalve(world, horizons, batch.slice(0, middle), progress);
    await renewOrHalve(world, horizons, batch.slice(middle), progress);
  }
}

function add(progress: RenewalProgress, renewed: Renewed): void {
  progress.issued += renewed.issued.length;
  progress.paid += renewed.paid;
  progress.short += renewed.short;
  progress.parked += renewed.parked;
}

async function renewBatch(
  world: World,
  horizons: Horizons,
  customerIds: readonly CustomerId[],
): Promise<Renewed[]> {
  const series = seriesOf(world.clock.now(), world.timeZone);
  await transact(world.jobs, {}, ({ sql }) => prepareSeries(sql, series));
  return transact(world.jobs, {}, (tx) => renewLocked(world, tx, horizons, customerIds, series.key));
}

async function renewLocked(
  world: World,
  { sql }: Transaction,
  horizons: Horizons,
  customerIds: readonly CustomerId[],
  series: string,
): Promise<Renewed[]> {
  const now = world.clock.now();
  const [balances, customers, due] = await Promise.all([
    lockBalancesOf(sql, customerIds),
    customersOf(sql, customerIds),
    lockDueServices(sql, customerIds, horizons),
  ]);
  const dueOf = byCustomer(due);
  const renewed: Renewed[] = [];
  const decided: DecidedRenewals[] = [];
  for (const [customerId, { billTo, tax }] of customers) {
    const own = dueOf.get(customerId) ?? [];
    if (own.length === 0) continue;
    const decision = decisionOf(world, now, customerId, balances.get(customerId) ?? []);
    const one = decideRenewals(decision, own, tax);
    renewed.push(one);
    decided.push({ customerId, decision, issued: one.issued, billTo, reissued: reissuedOf(own) });
  }
  if (decided.length === 0) return [];
  await writeRenewals(sql, decided);
  const issued = decided.flatMap((one) => one.issued.map(({ id }) => ({ customerId: one.customerId, id })));
  for (let from = 0; from < issued.length; from += numbersMost) {
    await numberInvoices(sql, series, issued.slice(from, from + numbersMost));
  }
  return renewed;
}

function reissuedOf(due: readonly DueService[]): Set<string> {
  return new Set(due.flatMap(({ renewalId }) => renewalId ?? []));
}

function decisionOf(
  world: World,
  now: Date,
  customerId: CustomerId,
  balances: readonly LockedBalance[],
): Decision {
  const { clock, timeZone } = world;
  return new Decision({ customerId, now, clock, timeZone, actor: "system", userId: null }, balances);
}

/** Locks the balances of a batch, ordered by customer and currency (domain.md, Paying 1). */
async function lockBalancesOf(
  sql: ReservedSql,
  customerIds: readonly CustomerId[],
): Promise<Map<CustomerId, LockedBalance[]>> {
  const rows = await sql`
    select customer_id, currency, posted_minor, held_minor, seq from balances
    where customer_id = any(${[...customerIds]}::uuid[]) order by customer_id, currency for update`;
  return byCustomer(
    rows.map((row) => ({
      customerId: row.customer_id as CustomerId,
      currency: row.currency,
      postedMinor: row.posted_minor,
      heldMinor: row.held_minor,
      seq: row.seq,
    })),
  );
}

function byCustomer<T extends { customerId: CustomerId }>(rows: readonly T[]): Map<CustomerId, T[]> {
  const groups = new Map<CustomerId, T[]>();
  for (const row of rows) {
    const own = groups.get(row.customerId);
    if (own) own.push(row);
    else groups.set(row.customerId, [row]);
  }
  return groups;
}

async function customersOf(
  sql: ReservedSql,
  customerIds: readonly CustomerId[],
): Promise<Map<CustomerId, { billTo: DecidedRenewals["billTo"]; tax: TaxRule }>> {
  const rows = await sql`
    select c.id, c.name, c.email, c.country, c.address, c.tax_id, ${taxRuleSql(sql)} as tax_rule
    from customers c where c.id = any(${[...customerIds]}::uuid[]) and c.closed_at is null`;
  return new Map(
    rows.map((row) => [
      row.id as CustomerId,
      {
        billTo: {
          name: row.name,
          email: row.email,
          country: row.country,
          address: row.address,
          taxId: row.tax_id,
        },
        tax: taxRuleIn(row.tax_rule),
      },
    ]),
  );
}
