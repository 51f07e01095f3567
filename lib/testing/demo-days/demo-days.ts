import { usualMailHour } from "@/lib/billing/reminder/mail-hour";
import { moveTime } from "@/lib/jobs/time-machine";
import { addCalendarDays, atHour, calendarDay } from "@/lib/kernel/calendar";
import { checkBooks } from "@/lib/ledger/books";
import { seedDemo } from "../demo";
import { Tally } from "../simulator/tally";
import { letMoneyArrive } from "./arrivals";
import type { Untrue } from "./comparing";
import { type DemoStage, openDemoStage } from "./demo-stage";
import type { MissedWhenTold } from "./shortfall-told";
import { type Compared, compareMails, compareToldAndHappened } from "./told-and-happened";

export interface DemoDaysOptions {
  readonly days: number;
  /** From which day on customers pay; null is never: then there is what is on their balances, and cards charged automatically. */
  readonly moneyFromDay: number | null;
  readonly onDay?: (line: string) => void;
}

export interface DemoDays {
  readonly violations: readonly (Untrue & { at: Date })[];
  /** How often what was recorded, by verb, and how customers paid. */
  readonly happened: Tally;
  readonly paid: Tally;
  readonly mails: number;
  readonly compared: Compared;
}

/** The same in a demo world of its own, on a server whose template is migrated. */
export async function passSeededDays(
  serverUrl: string,
  stepHours: number,
  options: DemoDaysOptions,
): Promise<DemoDays> {
  const stage = await openDemoStage(serverUrl, stepHours);
  try {
    await seedDemo({ settings: stage.settings });
    return await passDemoDays(stage, options);
  } finally {
    await stage.close();
  }
}

/**
 * Takes the demo world through its days by the time machine. After each run of the jobs the books are checked, all of them once
 * a day, and what people were told is compared with what happened.
 */
export async function passDemoDays(stage: DemoStage, options: DemoDaysOptions): Promise<DemoDays> {
  const { world, movable } = stage;
  const { days, moneyFromDay, onDay = () => {} } = options;
  const violations: (Untrue & { at: Date })[] = [];
  const compared = { told: 0, happened: 0 };
  await waitForMorning(stage);
  const [happened, paid] = [new Tally(), new Tally()];
  // The history of the demo was told by hand; what waits of it goes out with the first run.
  const start = world.clock.now();
  let since = start;
  const missed: MissedWhenTold = new Map();
  let mails = 0;
  for (let day = 1; day <= days; day += 1) {
    if (moneyFromDay !== null && day >= moneyFromDay) await letMoneyArrive(stage, paid);
    const passed = await moveTime(movable, "day", async (now) => {
      const found = await compareToldAndHappened(stage, since, start, missed);
      violations.push(
        ...found.untrue.map((one) => ({ ...one, at: now })),
        ...(await wrongBooks(stage, false)),
      );
      compared.told += found.compared.told;
      compared.happened += found.compared.happened;
      since = now;
    });
    violations.push(...(await wrongBooks(stage, true)));
    for (const { verb, count } of passed.happened) happened.add(verb, count);
    mails += passed.mails;
    onDay(`day ${day}: ${passed.mails} mails, ${violations.length} violations`);
  }
  const at = world.clock.now();
  violations.push(...(await compareMails(stage, start)).map((one) => ({ ...one, at })));
  return { violations, happened, paid, mails, compared };
}

/** Where the jobs run once a day they run when customers are reminded. */
async function waitForMorning({ movable, world }: DemoStage): Promise<void> {
  if ((movable.stepHours ?? 1) <= 12) return;
  const now = world.clock.now();
  const morning = atHour(addCalendarDays(calendarDay(now, world.timeZone), 1), usualMailHour, world.timeZone);
  const ms = morning.getTime() - now.getTime() + 60_000;
  movable.advance(ms);
  await movable.stripe?.advance(ms);
  await movable.stripe?.webhooksIdle();
}

async function wrongBooks({ world }: DemoStage, full: boolean): Promise<(Untrue & { at: Date })[]> {
  const at = world.clock.now();
  const books = await checkBooks(world.jobs, { full, now: at });
  return books.invariants.flatMap(({ name, violations }) =>
    violations.map(({ rule, subject, subjectId }) => ({
      at,
      rule: `${name}: ${rule}`,
      detail: `${subject} ${subjectId}`,
    })),
  );
}
