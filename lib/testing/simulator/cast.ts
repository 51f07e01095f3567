import type { CustomerId, PlanId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { changeRecipients } from "@/lib/portal/change-company";
import type { CustomerActor, PlanShown } from "@/lib/portal/shapes";
import { giveBalance, makeCustomer, makeInvoice, makeOrder, makePlan } from "../fixtures";
import type { TestWorld } from "../world";
import type { Random } from "./random";

export interface SimulatedCustomer {
  /** What the trail calls it. */
  readonly name: string;
  readonly customerId: CustomerId;
  readonly currency: Currency;
  readonly actor: CustomerActor;
}

/** One click on "pay", as it was sent. */
export interface Draft {
  readonly name: string;
  readonly customer: SimulatedCustomer;
  readonly way: "direct" | "balance" | "combined" | "top-up";
  readonly input: {
    paymentId: string;
    invoiceIds: readonly string[];
    plan: PlanShown;
    /** The saved card that is charged; absent: on Stripe's page. */
    cardId?: string;
  };
  readonly useBalance: string;
  /** Of a top-up: what was typed. */
  readonly amount?: { readonly text: string; readonly currency: Currency };
  /** Of a wish to renew a service now. */
  readonly renew?: {
    readonly serviceId: string;
    readonly terms: number;
    readonly how: "balance" | "combined" | "direct";
  };
}

export const countries: readonly (readonly [country: string, currency: Currency])[] = [
  ["US", "USD"],
  ["DE", "EUR"],
  ["JP", "JPY"],
  ["KW", "KWD"],
  ["GB", "GBP"],
  ["FR", "EUR"],
  ["CN", "CNY"],
  ["US", "USD"],
];

type Prices = Partial<Record<Currency, bigint>>;

/** Around Stripe's minimum charge, and in KWD beside its steps of ten. */
const prices: readonly { unit: "day" | "month"; count: number; price: Prices }[] = [
  { unit: "day", count: 1, price: { USD: 40n, EUR: 55n, GBP: 31n, JPY: 49n, KWD: 195n, CNY: 399n } },
  { unit: "day", count: 3, price: { USD: 333n, EUR: 49n, GBP: 29n, JPY: 51n, KWD: 1007n, CNY: 401n } },
  {
    unit: "month",
    count: 1,
    price: { USD: 999n, EUR: 1049n, GBP: 870n, JPY: 1200n, KWD: 3123n, CNY: 6500n },
  },
  { unit: "month", count: 1, price: { USD: 0n, EUR: 0n, GBP: 0n, JPY: 0n, KWD: 0n, CNY: 0n } },
];

export interface Cast {
  readonly customers: readonly SimulatedCustomer[];
  /** Those who have saved cards. */
  readonly cardHolders: readonly SimulatedCustomer[];
  readonly plans: readonly PlanId[];
}

/** Customers of six currencies, each with orders, an invoice by hand and some balance. */
export async function makeCast(world: TestWorld, random: Random): Promise<Cast> {
  await makeTaxRates(world);
  const plans: PlanId[] = [];
  for (const plan of prices) plans.push(await makePlan(world, plan));
  // Within the days of one run, a service is suspended and terminated.
  await world.staff.sql`
    update plans set grace_days = ${random.int(3)}, terminate_days = ${random.between(1, 4)}, own_grace_days = 2`;
  const customers: SimulatedCustomer[] = [];
  for (const [index, [country, currency]] of countries.entries()) {
    const made = await makeCustomer(world, { country, currency, name: `Customer ${index + 1}` });
    customers.push({ name: `C${index + 1}`, ...made });
  }
  for (const customer of customers) {
    await giveBalance(world, customer, BigInt(random.between(1, 4_000)));
    await makeInvoice(world, customer, BigInt(random.between(1, 3_000)));
    for (const isAutoRenew of [true, false]) {
      await makeOrder(world, customer, random.pick(plans), isAutoRenew);
    }
  }
  // Of every other one's mails somebody gets copies, whose links spend no balance.
  for (const { actor } of customers.filter((_, index) => index % 2 === 0)) {
    await changeRecipients(actor, { recipients: "books@example.test" }, world);
  }
  return { customers, cardHolders: customers.slice(0, 5), plans };
}

/** Of three countries; elsewhere there is no tax. */
export async function makeTaxRates(world: TestWorld): Promise<void> {
  const from = new Date("2020-01-01T00:00:00Z");
  for (const [country, ppm] of [
    ["DE", 190_000],
    ["FR", 200_000],
    ["JP", 100_000],
  ] as const) {
    await world.staff.sql`
      insert into tax_rates (country, valid_from, name, rate_ppm) values (${country}, ${from}, 'VAT', ${ppm})`;
  }
}
