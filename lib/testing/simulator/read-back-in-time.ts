import { readBackEvents } from "@/lib/webhook/read-back-events";
import type { Simulation } from "./simulation";
import { clearStripe } from "./stripe-faults";

const longestWithoutReadBackMs = 24 * 3_600_000;

/** The worker reads missed events back every few minutes; whatever else fails it, not for days on end. */
export async function readBackInTime(simulation: Simulation): Promise<void> {
  const { stage } = simulation;
  const now = stage.world.clock.now();
  if (now.getTime() - simulation.readBackAt.getTime() < longestWithoutReadBackMs) return;
  await clearStripe(simulation);
  await readBackEvents(stage.world);
  simulation.readBackAt = now;
}
