import { runRenewalsRecorded } from "@/lib/billing/renewal/record-run";
import type { RunNews, RunOrder } from "./renew-process";
import { worldAt } from "./renewals";
import { openWorld } from "./use-case";

// The worker's side of `renew`, in a process of its own, as the worker is one: its memory is its own, and it is warm after
// its first run.

process.on("message", (order: RunOrder) => {
  if (order.kind === "run") void run(order);
});

async function run({ url, at }: Extract<RunOrder, { kind: "run" }>): Promise<void> {
  const world = openWorld(url, 2, 4);
  let seconds = 0;
  let megabytes = 0;
  let startedAt = performance.now();
  try {
    const progress = await runRenewalsRecorded(worldAt(world, new Date(at)), {
      onProgress: async ({ due }) => {
        seconds += (performance.now() - startedAt) / 1000;
        megabytes = Math.max(megabytes, process.memoryUsage().rss / 2 ** 20);
        await turn(due);
        startedAt = performance.now();
      },
    });
    seconds += (performance.now() - startedAt) / 1000;
    tell({ kind: "done", progress, seconds, megabytes });
  } catch (error) {
    tell({ kind: "failed", message: String(error) });
  } finally {
    await world.close();
  }
}

/** Ends when the other side has had its turn. */
function turn(due: number): Promise<void> {
  return new Promise((resolve) => {
    process.once("message", () => resolve());
    tell({ kind: "news", due });
  });
}

function tell(news: RunNews): void {
  process.send?.(news);
}
