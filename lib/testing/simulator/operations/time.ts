import type { ManualClock } from "@/lib/kernel/clock";
import type { SandboxControl } from "@/lib/sandbox/control";
import type { Operation } from "../operation";
import type { Turn } from "../simulation";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export const timeOperations: readonly Operation[] = [{ name: "time passes", weight: 12, run: pass }];

async function pass(turn: Turn): Promise<void> {
  const { random } = turn;
  const [unitMs, most] = random.weighted([
    [62, [minuteMs, 8]],
    [23, [minuteMs, 60]],
    [11, [hourMs, 12]],
    [4, [hourMs, 60]],
  ] as const);
  const ms = random.between(1, most) * unitMs;
  const { control, world } = turn.stage;
  await advance({ control, clock: world.clock }, ms);
  turn.note(`${Math.round(ms / minuteMs)} minutes`);
}

/** Moves the one clock on, in pieces short enough for webhooks to be retried; the local Stripe does what is due. */
export async function advance(
  { clock, control }: { clock: ManualClock; control: SandboxControl },
  ms: number,
) {
  for (let left = ms; left > 0; left -= 4 * hourMs) {
    clock.advance(Math.min(left, 4 * hourMs));
    await control.webhooksIdle();
  }
}
