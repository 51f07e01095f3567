import { differenceKinds } from "@/lib/billing/reconciliation/difference-tasks";
import type { Simulation } from "./simulation";

/** The nightly pass tells staff of strangers' charges, and asks about nothing else: no day differs by what is not ours. */
export async function checkDifferences(simulation: Simulation): Promise<void> {
  const { stage } = simulation;
  const rows = await stage.owner`
    select kind, subject_id, count(*) filter (where done_at is null)::int as open, detail from tasks
    where kind = any(${[...differenceKinds]}) group by kind, subject_id, detail`;
  for (const { kind, subject_id, open, detail } of rows) {
    const what = `${kind} ${subject_id} ${JSON.stringify(detail)}, open ${open} times`;
    simulation.violate("what Stripe lists fits what is booked", what);
  }
}

/** In the end each stranger's charge has been shown, once. */
export async function checkStrangers(simulation: Simulation): Promise<void> {
  const { stage, strangers } = simulation;
  await checkDifferences(simulation);
  const shown = await stage.owner`
    select string_to_table(detail->>'ids', ' ') as id from tasks where kind = 'strangers_at_stripe'`;
  const ids = shown.map(({ id }) => id as string).sort();
  if (ids.join() !== [...strangers].sort().join())
    simulation.violate("each stranger's charge is shown to staff, once", `${ids} of ${[...strangers]}`);
}
