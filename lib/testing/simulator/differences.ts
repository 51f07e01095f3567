import { differenceKinds } from "@/lib/billing/reconciliation/difference-tasks";
import { calendarDay } from "@/lib/kernel/calendar";
import type { Simulation } from "./simulation";

/** The nightly pass asks staff about strangers' charges and the days on which they came, and about nothing else, each once. */
export async function checkDifferences(simulation: Simulation): Promise<void> {
  const { stage, strangers } = simulation;
  const rows = await stage.owner`
    select kind, subject_id, count(*) filter (where done_at is null)::int as open, detail from tasks
    where kind = any(${[...differenceKinds]}) group by kind, subject_id, detail`;
  for (const { kind, subject_id, open, detail } of rows) {
    const isExpected =
      kind === "charge_of_stranger"
        ? strangers.has(subject_id)
        : kind === "day_differs" && strangers.size > 0 && subject_id.endsWith(" USD");
    if (!isExpected || open > 1) {
      const what = `${kind} ${subject_id} ${JSON.stringify(detail)}, open ${open} times`;
      simulation.violate("what Stripe lists fits what is booked", what);
    }
  }
}

/** In the end each stranger's charge has been shown, and no day differs by more than strangers' charges. */
export async function checkStrangers(simulation: Simulation): Promise<void> {
  const { stage, strangers } = simulation;
  await checkDifferences(simulation);
  const shown = await stage.owner`select subject_id from tasks where kind = 'charge_of_stranger'`;
  const ids = shown.map(({ subject_id }) => subject_id as string).sort();
  if (ids.join() !== [...strangers].sort().join())
    simulation.violate("each stranger's charge is shown to staff, once", `${ids} of ${[...strangers]}`);
  const dump = await stage.control.dump();
  const byDay = new Map<string, bigint>();
  for (const { source, amount, created } of dump.balance_transaction ?? []) {
    if (!strangers.has(String(source))) continue;
    const day = calendarDay(new Date(Number(created) * 1000), stage.world.timeZone);
    byDay.set(day, (byDay.get(day) ?? 0n) + BigInt(Number(amount)));
  }
  const days = await stage.owner`
    select subject_id, detail from tasks where kind = 'day_differs' and done_at is null`;
  for (const { subject_id, detail } of days) {
    const more = BigInt(detail.stripeMinor) - BigInt(detail.booksMinor);
    const ofStrangers = byDay.get(subject_id.slice(0, 10)) ?? 0n;
    if (more !== ofStrangers)
      simulation.violate(
        "a day differs by strangers' charges alone",
        `${subject_id}: ${more}, not ${ofStrangers}`,
      );
  }
}
