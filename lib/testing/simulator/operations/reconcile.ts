import { reconcile } from "@/lib/billing/reconciliation/reconcile";
import { chargedElsewhere } from "@/lib/testing/strange-charge";
import { checkDifferences } from "../differences";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { type Gate, takeTurns } from "../turns";
import { unheard } from "../unheard";

/** The nightly comparison with Stripe, and what it is there to find. */
export const reconcileOperations: readonly Operation[] = [
  { name: "job: reconcile", weight: 2, run: (turn) => reconcileNightly(turn) },
  { name: "job: reconcile, two workers", weight: 1, run: reconcileTwice },
  { name: "stranger: is charged past the portal", weight: 1, run: chargeElsewhere },
];

/** Somebody uses the host's Stripe for something else. */
async function chargeElsewhere(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  if (simulation.armed.length > 0) return turn.idle();
  const minor = BigInt(random.between(100, 9_000));
  const charge = () => chargedElsewhere({ ...stage.world, stripeUrl: stage.stripeUrl }, minor);
  simulation.strangers.add(await unheard(simulation, "payment", charge));
  turn.note(`${minor} USD`);
}

async function reconcileNightly(turn: Turn, gate?: Gate): Promise<void> {
  turn.touchAll();
  const pageMost = turn.random.pick([1, 3, 100]);
  const done = await turn.within(turn.mortal(gate ? { gate } : {}), (world) => reconcile(world, pageMost));
  if (isLost(done)) return turn.note(done.lost);
  const { found, waiting, faults, isWhole } = done;
  await checkDifferences(turn.simulation);
  const said = faults.map(({ error }) => turn.fault(error));
  turn.note(`${found} found, ${waiting.length} wait${isWhole ? "" : ", cut short"} ${said.join(" ")}`);
}

async function reconcileTwice(turn: Turn): Promise<void> {
  await takeTurns(turn.random, [
    (gate) => reconcileNightly(turn, gate),
    (gate) => reconcileNightly(turn, gate),
  ]);
}
