import { issueInvoiceDraft, saveInvoiceDraft } from "@/lib/billing/invoice/invoice-draft";
import { type InvoiceDraftId, newId, type UserId } from "@/lib/kernel/id";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { takeTurns } from "../turns";

/** An invoice that staff write by hand, with a discount now and then, and that two of them may issue at once. */
export const draftOperations: readonly Operation[] = [
  { name: "draft is issued", weight: 2, run: (turn) => issue(turn, 1) },
  { name: "draft is issued: two of staff at once", weight: 1, run: (turn) => issue(turn, 2) },
];

async function issue(turn: Turn, staff: number): Promise<void> {
  const { random, simulation, stage } = turn;
  const customer = random.pick(simulation.customers);
  const { customerId, currency } = customer;
  turn.touch([customer]);
  const [user] = await stage.owner`select id from users order by id limit 1`;
  const id = newId<InvoiceDraftId>(stage.world.clock);
  const ref = { customerId, id, version: 0, userId: user?.id as UserId };
  const unitMinor = BigInt(random.between(1, 2_000));
  const line = {
    description: "Work",
    quantity: random.pick(["1", "2.5", "3"]),
    unitMinor,
    taxRatePpm: 70_000,
  };
  const discount = { ...line, description: "For long standing", quantity: "1", unitMinor: -unitMinor };
  const content = {
    currency,
    dueDays: random.between(0, 9),
    note: random.pick(["", "Thank you"]),
    // One of a single piece comes to nothing with its discount, and is not issued.
    lines: random.chance(0.4) ? [line, discount] : [line],
  };
  const saved = await turn.within(turn.mortal(), (world) =>
    saveInvoiceDraft(world, world.staff, ref, content),
  );
  if (isLost(saved) || !saved.ok) {
    return turn.note(`${customer.name} → ${isLost(saved) ? saved.lost : saved.refusal.code}`);
  }
  const { version } = saved.value;
  const ends = await takeTurns(
    random,
    Array.from({ length: staff }, () => (gate: () => Promise<void>) => {
      const mortal = turn.mortal(staff > 1 ? { gate } : {});
      return turn.within(mortal, (world) => issueInvoiceDraft(world, world.staff, { ...ref, version }));
    }),
  );
  const said = ends.map((end) => {
    if (end.status === "rejected") return String(end.reason);
    if (isLost(end.value)) return end.value.lost;
    return end.value.ok ? end.value.value.number : end.value.refusal.code;
  });
  if (said.filter((one) => one.startsWith("INV-")).length > 1) {
    simulation.violate("a draft is issued once", `${customer.name}: ${said.join(" | ")}`);
  }
  turn.note(`${customer.name} ${currency} → ${said.join(" | ")}`);
}
