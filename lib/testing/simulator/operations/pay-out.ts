import { payOutBalance } from "@/lib/billing/payment/pay-out-balance";
import { newId, type UserId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { availableMinor } from "../lookups";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { takeTurns } from "../turns";

/** Balance that goes back by bank; often decided on by two of staff at once, of whom one may win. */
export const payOutOperations: readonly Operation[] = [
  { name: "balance is paid out", weight: 2, run: (turn) => payOut(turn, 1) },
  { name: "balance is paid out: two of staff at once", weight: 1, run: (turn) => payOut(turn, 2) },
];

async function payOut(turn: Turn, staff: number): Promise<void> {
  const { random, simulation, stage } = turn;
  const customer = random.pick(simulation.customers);
  const { customerId, currency } = customer;
  const seenMinor = await availableMinor(stage, customerId, currency);
  if (seenMinor === 0n) return turn.idle();
  turn.touch([customer]);
  const [user] = await stage.owner`select id from users order by id limit 1`;
  const wanted = random.chance(0.2)
    ? seenMinor + 1n
    : BigInt(random.between(1, Number(seenMinor < 3_000n ? seenMinor : 3_000n)));
  const payout = {
    customerId,
    amount: money(wanted, currency),
    seenMinor,
    reason: "simulated",
    userId: user?.id as UserId,
  };
  const ends = await takeTurns(
    random,
    Array.from({ length: staff }, () => (gate: () => Promise<void>) => {
      const mortal = turn.mortal(staff > 1 ? { gate } : {});
      return turn.within(mortal, (world) =>
        payOutBalance(world, world.staff, { ...payout, payoutId: newId(world.clock) }),
      );
    }),
  );
  const said = ends.map((end) => {
    if (end.status === "rejected") return String(end.reason);
    if (isLost(end.value)) return end.value.lost;
    return end.value.ok ? "paid out" : end.value.refusal.code;
  });
  if (said.filter((one) => one === "paid out").length > 1) {
    simulation.violate("a payout is made once", `${customer.name}: ${said.join(" | ")}`);
  }
  turn.note(`${customer.name} ${wanted} of ${seenMinor} ${currency} → ${said.join(" | ")}`);
}
