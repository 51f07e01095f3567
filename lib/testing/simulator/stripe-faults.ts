import type { FaultKind } from "@/lib/sandbox/control";
import type { Simulation } from "./simulation";

const paths = ["/v1/", "/v1/", "/v1/checkout/sessions", "/v1/customers", "/v1/events"];

/** Lets something go wrong at the local Stripe in this step, and perhaps in the next ones too. */
export async function armStripe(simulation: Simulation, harm: number): Promise<void> {
  const { random, stage, armed } = simulation;
  if (!random.chance(0.12 * harm)) return;
  const kind = random.weighted<FaultKind>([
    [3, "drop_before"],
    [4, "drop_after"],
    [4, "cut"],
    [2, "error_500"],
    [2, "error_500_after"],
    [2, "rate_limit"],
    [2, "lock_timeout"],
    [1, "hang_before"],
    [1, "hang_after"],
  ]);
  const isOutage = random.chance(0.25) && !kind.startsWith("hang");
  // The SDK itself sends a request again, once, whose socket was destroyed: the fault shows only the second time.
  const times = isOutage ? "until_cleared" : kind.startsWith("drop") ? random.pick([1, 2, 2]) : 1;
  await stage.control.fault({
    kind,
    times,
    path: random.pick(paths),
    skip: random.weighted([
      [80, 0],
      [20, random.int(4)],
    ]),
  });
  armed.push(kind);
}

/** Sometimes all is well again; what was not met yet waits for the next steps, and an outage lasts. */
export async function disarmStripe(simulation: Simulation): Promise<void> {
  const { random, armed } = simulation;
  if (armed.length > 0 && random.chance(0.15)) await clearStripe(simulation);
}

export async function clearStripe({ stage, faults, armed }: Simulation): Promise<void> {
  if (armed.length === 0) return;
  for (const { kind, struck } of await stage.control.faults()) faults.add(`Stripe: ${kind}`, struck);
  await stage.control.clearFaults();
  armed.length = 0;
}
