import type { Turn } from "./simulation";

/** Something that can happen in a step. */
export interface Operation {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  run(turn: Turn): Promise<void>;
}
