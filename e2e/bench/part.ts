import type { Spread } from "./measure";
import type { BenchServer } from "./server";

export interface BenchOptions {
  rounds: number;
  /** Of one window of one side. */
  seconds: number;
  /** A size that `renew` measures beside its own. */
  services?: number;
  say(line: string): void;
}

/** One line of a part's table: a figure of each column, and whether its goal is met if it has one. */
export interface Line {
  what: string;
  figures: Record<string, Spread>;
  goals: { figure: string; atLeast?: number; atMost?: number }[];
}

/** A part of the bench, started alone by its name. */
export interface Part {
  title: string;
  /** What is compared with what, in a sentence. */
  about: string;
  run(server: BenchServer, options: BenchOptions): Promise<Line[]>;
}

/** The goals count by the median. */
export function isMet(line: Line, { figure, atLeast, atMost }: Line["goals"][number]): boolean {
  const median = line.figures[figure]?.median ?? Number.NaN;
  return median >= (atLeast ?? Number.NEGATIVE_INFINITY) && median <= (atMost ?? Number.POSITIVE_INFINITY);
}
