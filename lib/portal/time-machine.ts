import { z } from "zod";
import { context } from "@/lib/auth/context";
import { ok, type Result, refuse } from "@/lib/kernel/result";

const instant = z.iso.datetime().transform((text) => new Date(text));

const TimeMachineState = z.object({
  now: instant,
  movingFrom: instant.nullable(),
  hasFailed: z.boolean(),
  passed: z
    .object({
      from: instant,
      to: instant,
      happened: z.array(z.object({ verb: z.string(), count: z.number() })),
      mails: z.number(),
      booksBalance: z.boolean(),
    })
    .nullable(),
});

/** How the demo's clock stands, and what became of its last move. */
export type TimeMachineState = z.output<typeof TimeMachineState>;

export type Move = "day" | "week" | "event";

/** There is a time machine here: in the demo world alone (the settings refuse one in any other). */
export function hasTimeMachine(): boolean {
  return context().settings.timeMachine !== null;
}

/** The billing time of the demo, for the frame of its pages; null where time is as it is. */
export function movedClock(): Date | null {
  return hasTimeMachine() ? context().billingClock.now() : null;
}

/** Null where there is none, or where the worker does not answer. */
export async function timeMachineState(): Promise<TimeMachineState | null> {
  const answer = await ask("GET", "/");
  return answer?.ok ? TimeMachineState.parse(await answer.json()) : null;
}

export type MoveRefusal = { code: "no_time_machine" | "time_is_moving" | "time_machine_silent" };

/** Begins to move the demo's clock; the worker runs its jobs hour by hour. Refused while a move is under way. */
export async function moveTime(move: Move): Promise<Result<null, MoveRefusal>> {
  if (!hasTimeMachine()) return refuse({ code: "no_time_machine" });
  const answer = await ask("POST", `/${move}`);
  if (answer?.status === 409) return refuse({ code: "time_is_moving" });
  return answer?.ok ? ok(null) : refuse({ code: "time_machine_silent" });
}

async function ask(method: "GET" | "POST", path: string): Promise<Response | null> {
  const { timeMachine } = context().settings;
  if (!timeMachine) return null;
  try {
    return await fetch(`${timeMachine.url}${path}`, {
      method,
      cache: "no-store",
      signal: AbortSignal.timeout(5_000),
    });
  } catch {
    return null;
  }
}
