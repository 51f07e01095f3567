import { reconcile } from "@/lib/billing/reconciliation/reconcile";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import type { Simulation } from "./simulation";
import { clearStripe } from "./stripe-faults";

const dayMs = 24 * 3_600_000;
const longestWithoutReadBackMs = dayMs;
const longestWithoutReconcilingMs = 20 * dayMs;

/**
 * The worker reads missed events back every few minutes, and goes through Stripe's lists each night; whatever else fails
 * it, not for days on end, and not for as long as Stripe is asked back.
 */
export async function readBackInTime(simulation: Simulation): Promise<void> {
  const { stage } = simulation;
  const now = stage.world.clock.now();
  if (now.getTime() - simulation.readBackAt.getTime() >= longestWithoutReadBackMs) {
    await clearStripe(simulation);
    await readBackEvents(stage.world);
    simulation.readBackAt = now;
  }
  if (now.getTime() - simulation.reconciledAt.getTime() >= longestWithoutReconcilingMs) {
    await clearStripe(simulation);
    await reconcile(stage.world);
    simulation.reconciledAt = now;
  }
}
