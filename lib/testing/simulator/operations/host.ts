import { dueIn } from "@/lib/billing/invoice/days-from-due";
import { issueInvoices } from "@/lib/billing/invoice/issue-invoices";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { issueRenewal } from "@/lib/billing/renewal/issue-renewal";
import { orderService } from "@/lib/billing/service/order-service";
import { type Currency, money } from "@/lib/kernel/money";
import type { SimulatedCustomer } from "../cast";
import { availableMinor, openInvoices, servicesIn } from "../lookups";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { takeTurns } from "../turns";

/** What the host does: orders taken, terms billed, money given, services stopped. */
export const hostOperations: readonly Operation[] = [
  { name: "order", weight: 5, run: order },
  { name: "renewal", weight: 10, run: (turn) => renew(turn, 1) },
  { name: "renewal: two runs at once", weight: 2, run: (turn) => renew(turn, 2) },
  { name: "invoice by hand", weight: 9, run: invoice },
  { name: "goodwill", weight: 7, run: goodwill },
  { name: "service is stopped", weight: 1, run: stopService },
];

async function order(turn: Turn): Promise<void> {
  const { random, simulation } = turn;
  const customer = random.pick(simulation.customers);
  turn.touch([customer]);
  const { customerId, currency } = customer;
  const planId = random.pick(simulation.cast.plans);
  const isAutoRenew = random.chance(0.6);
  const made = await turn.within(turn.mortal(), (world) =>
    orderService(world, world.staff, { customerId, currency, planId, label: "web", isAutoRenew }),
  );
  turn.note(`${customer.name} → ${isLost(made) ? made.lost : made.invoice.number}`);
}

/** The next term of some service, billed by one run or by two at once. */
async function renew(turn: Turn, runs: number): Promise<void> {
  const { random, simulation, stage } = turn;
  const running = await servicesIn(stage, ["active", "suspended"]);
  if (running.length === 0) return turn.idle();
  const service = random.pick(running);
  turn.touch([service]);
  const ends = await takeTurns(
    random,
    Array.from({ length: runs }, () => (gate: () => Promise<void>) => {
      const mortal = turn.mortal(runs > 1 ? { gate } : {});
      return turn.within(mortal, (world) => issueRenewal(world, world.staff, service));
    }),
  );
  const said = ends.map((end) => {
    if (end.status === "rejected") return String(end.reason);
    return isLost(end.value) ? end.value.lost : (end.value?.number ?? "billed already");
  });
  const customer = simulation.customers.find(({ customerId }) => customerId === service.customerId);
  turn.note(`${customer?.name} → ${said.join(" | ")}`);
}

async function invoice(turn: Turn): Promise<void> {
  const { random, simulation } = turn;
  const customer = random.pick(simulation.customers);
  turn.touch([customer]);
  const currency = currencyOf(turn, customer);
  const most = random.pick([5, 60, 2_000, 50_000]);
  const amounts = Array.from({ length: random.between(1, 3) }, () => BigInt(random.between(1, most)));
  const made = await turn.within(turn.mortal(), (world) =>
    issueInvoices(world, world.staff, customer.customerId, async () => [
      {
        origin: "manual",
        currency,
        summary: "Work",
        dueOn: dueIn(random.between(0, 9), world.clock.now(), world.timeZone),
        lines: amounts.map((minor) => ({
          kind: "other",
          description: "Work <b>&\u202e 鴨",
          quantity: 1,
          unit: money(minor, currency),
        })),
      },
    ]),
  );
  turn.note(`${customer.name} ${currency} → ${isLost(made) ? made.lost : made[0]?.number}`);
}

/** Often just what is missing for something that waits, or a minor unit beside it. */
async function goodwill(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const customer = random.pick(simulation.customers);
  turn.touch([customer]);
  const { customerId } = customer;
  const open = await openInvoices(stage, customerId);
  const aim = open.length > 0 && random.chance(0.6) ? random.pick(open) : null;
  const currency = aim?.currency ?? currencyOf(turn, customer);
  const available = await availableMinor(stage, customerId, currency);
  const missing = aim ? aim.remainingMinor - available + BigInt(random.pick([0, 0, -1, 1])) : 0n;
  const minor = missing > 0n ? missing : BigInt(random.between(1, 5_000));
  const given = await turn.within(turn.mortal(), (world) =>
    giveGoodwill(world, world.staff, { customerId, amount: money(minor, currency), reason: "simulated" }),
  );
  turn.note(`${customer.name} ${minor} ${currency} ${isLost(given) ? `→ ${given.lost}` : ""}`);
}

/** Whatever its dates say, as the host's own systems may: what was begun to be paid for may then not be brought. */
async function stopService(turn: Turn): Promise<void> {
  const services = await servicesIn(turn.stage, ["active", "suspended"]);
  if (services.length === 0) return turn.idle();
  const { customerId, serviceId, expiresAt } = turn.random.pick(services);
  const isOver = expiresAt !== null && expiresAt <= turn.stage.world.clock.now();
  const state = isOver ? turn.random.pick(["suspended", "suspended", "terminated"]) : "terminated";
  await turn.stage.owner`
    update services set state = ${state},
      suspended_at = case when ${state} = 'suspended' then coalesce(suspended_at, ${turn.stage.world.clock.now()}) end
    where customer_id = ${customerId} and id = ${serviceId}`;
  turn.touch([{ customerId }]);
  turn.note(state);
}

function currencyOf({ random }: Turn, customer: SimulatedCustomer): Currency {
  return random.chance(0.06) ? random.pick(["USD", "EUR", "KWD"] as const) : customer.currency;
}
