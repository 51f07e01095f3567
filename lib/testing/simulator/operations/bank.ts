import { houseCustomerId } from "@/lib/billing/house";
import type { BankReceipt } from "@/lib/billing/payment/decide-bank-payment";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import {
  assignReceipt,
  recordUnmatchedReceipt,
  returnReceipt,
} from "@/lib/billing/payment/unmatched-receipt";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, type InvoiceId, newId, type UserId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { closedInvoice, openInvoices } from "../lookups";
import type { Mortal } from "../mortal";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { takeTurns } from "../turns";

/** Money that comes by bank: whole, a part, too much, twice the same, of nobody known and then assigned by two at once. */
export const bankOperations: readonly Operation[] = [
  { name: "bank payment", weight: 5, run: (turn) => record(turn, 1) },
  { name: "bank payment: two of staff at once", weight: 1, run: (turn) => record(turn, 2) },
  { name: "bank money of an unknown sender", weight: 2, run: recordUnknown },
  { name: "bank money is assigned", weight: 2, run: (turn) => assign(turn, 1) },
  { name: "bank money is assigned: two of staff at once", weight: 1, run: (turn) => assign(turn, 2) },
  { name: "bank money is sent back", weight: 1, run: sendBack },
];

async function record(turn: Turn, staff: number): Promise<void> {
  const { random, simulation, stage } = turn;
  const customer = random.pick(simulation.customers);
  const { customerId } = customer;
  const open = await openInvoices(stage, customerId);
  const aim = open.length > 0 && random.chance(0.8) ? random.pick(open) : null;
  const currency = aim?.currency ?? customer.currency;
  const others = random.some(
    open.filter((invoice) => invoice.currency === currency && invoice.id !== aim?.id),
    random.pick([0, 0, 1, 3]),
  );
  const chosen = aim ? [aim, ...others] : [];
  const dueMinor = chosen.reduce((total, { remainingMinor }) => total + remainingMinor, 0n);
  const closed = random.chance(0.1) ? await closedInvoice(stage, customerId) : null;
  turn.touch([customer]);
  const receipt = await receiptOf(turn, currency, amountOf(turn, dueMinor));
  const invoiceIds = [...chosen.map(({ id }) => id), ...(closed ? [closed] : [])] as InvoiceId[];
  const ends = await takeTurns(
    random,
    Array.from({ length: staff }, () => (gate: () => Promise<void>) => {
      const mortal = turn.mortal(staff > 1 ? { gate } : {});
      return turn.within(mortal, (world) =>
        recordBankPayment(world, world.staff, { customerId, receipt, invoiceIds }),
      );
    }),
  );
  const said = ends.map((end) => {
    if (end.status === "rejected") return String(end.reason);
    if (isLost(end.value)) return end.value.lost;
    if (!end.value.ok) return end.value.refusal.code;
    return end.value.value.laid ? "recorded" : "recorded before";
  });
  if (said.filter((one) => one === "recorded").length > 1) {
    simulation.violate("a receipt is recorded once", `${customer.name}: ${said.join(" | ")}`);
  }
  turn.note(
    `${customer.name} ${receipt.amount.minor} ${currency} for ${chosen.length} → ${said.join(" | ")}`,
  );
}

async function recordUnknown(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.customers);
  const receipt = await receiptOf(turn, customer.currency, amountOf(turn, 0n));
  turn.touch([{ customerId: houseCustomerId }]);
  const ended = await turn.within(turn.mortal(), (world) =>
    recordUnmatchedReceipt(world, world.staff, receipt),
  );
  turn.note(isLost(ended) ? ended.lost : ended.ok ? "waits" : ended.refusal.code);
}

async function assign(turn: Turn, staff: number): Promise<void> {
  const { random, simulation, stage } = turn;
  const waiting = await waitingReceipts(turn);
  if (waiting.length === 0) return turn.idle();
  const { id, currency } = random.pick([...waiting]);
  const userId = await someStaff(turn);
  const customers = Array.from({ length: staff }, () => random.pick(simulation.customers));
  turn.touch([{ customerId: houseCustomerId }, ...customers]);
  const wishes = await Promise.all(
    customers.map(async ({ customerId }) => {
      const open = await openInvoices(stage, customerId);
      const first = open.find((invoice) => invoice.currency === currency);
      return { customerId, invoiceIds: (first ? [first.id] : []) as InvoiceId[] };
    }),
  );
  const ends = await takeTurns(
    random,
    wishes.map((wish) => (gate: () => Promise<void>) => {
      const mortal = turn.mortal(staff > 1 ? { gate } : {});
      return turn.within(mortal, (world) =>
        assignReceipt(world, world.staff, { ...wish, receiptId: id as BankReceiptId, userId }),
      );
    }),
  );
  const said = ends.map((end) => {
    if (end.status === "rejected") return String(end.reason);
    if (isLost(end.value)) return end.value.lost;
    return end.value.ok ? "assigned" : end.value.refusal.code;
  });
  if (said.filter((one) => one === "assigned").length > 1) {
    simulation.violate("a receipt is assigned once", `${id}: ${said.join(" | ")}`);
  }
  turn.note(`${customers.map(({ name }) => name).join(", ")} → ${said.join(" | ")}`);
}

/** Money that nobody is found for goes back; sometimes beside somebody who assigns it. */
async function sendBack(turn: Turn): Promise<void> {
  const { random, simulation } = turn;
  const waiting = await waitingReceipts(turn);
  if (waiting.length === 0) return turn.idle();
  const receiptId = random.pick([...waiting]).id as BankReceiptId;
  const userId = await someStaff(turn);
  const customer = random.pick(simulation.customers);
  turn.touch([{ customerId: houseCustomerId }, customer]);
  const acts: ((world: Mortal["world"]) => Promise<{ ok: boolean }>)[] = [
    (world) => returnReceipt(world, world.staff, { receiptId, reason: "simulated", userId }),
  ];
  if (random.chance(0.5)) {
    const wish = { receiptId, customerId: customer.customerId, invoiceIds: [], userId };
    acts.push((world) => assignReceipt(world, world.staff, wish));
  }
  const ends = await takeTurns(
    random,
    acts.map((act) => (gate: () => Promise<void>) => {
      const mortal = turn.mortal(acts.length > 1 ? { gate } : {});
      return turn.within(mortal, act);
    }),
  );
  const said = ends.map((end) => {
    if (end.status === "rejected") return String(end.reason);
    if (isLost(end.value)) return end.value.lost;
    return end.value.ok ? "done" : "refused";
  });
  if (said.filter((one) => one === "done").length > 1) {
    simulation.violate("a receipt leaves suspense once", `${receiptId}: ${said.join(" | ")}`);
  }
  turn.note(said.join(" | "));
}

function waitingReceipts({ stage }: Turn) {
  return stage.owner`
    select id, currency from bank_receipts
    where customer_id = ${houseCustomerId} and payment_id is null and assigned_at is null and returned_at is null
    order by id limit 5`;
}

/** Mostly of today or the last days, sometimes a receipt that came before. */
async function receiptOf(turn: Turn, currency: Currency, minor: bigint): Promise<BankReceipt> {
  const { random, stage } = turn;
  const { clock, timeZone } = stage.world;
  const id = newId<BankReceiptId>(clock);
  return {
    id,
    amount: money(minor, currency),
    valueDate: addCalendarDays(calendarDay(clock.now(), timeZone), -random.between(0, 3)),
    reference: random.chance(0.1) ? "RENT" : `TRX ${id}`,
    sender: "",
    userId: await someStaff(turn),
  };
}

function amountOf({ random }: Turn, dueMinor: bigint): bigint {
  const about = dueMinor > 0n ? dueMinor : BigInt(random.between(1, 5_000));
  const minor = random.weighted([
    [50, about],
    [20, about / 2n],
    [10, about - 1n],
    [10, about + 1n],
    [10, about + BigInt(random.between(1, 4_000))],
  ]);
  return minor > 0n ? minor : 1n;
}

async function someStaff({ stage }: Turn): Promise<UserId> {
  const [user] = await stage.owner`select id from users order by id limit 1`;
  return user?.id as UserId;
}
