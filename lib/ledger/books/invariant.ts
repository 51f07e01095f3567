import type { Fragment } from "postgres";
import type { Look } from "./look";

/** One thing that must hold. Its query finds what breaks it: one row for each violation, none when it holds. */
export interface Rule {
  /** What must hold, in the words of domain.md. */
  readonly says: string;
  /** Columns: customer_id uuid, subject text, subject_id text, detail jsonb (amounts as text: never a float). */
  readonly find: (look: Look) => Fragment;
}

/** An invariant of the books, as domain.md numbers them. */
export interface Invariant {
  readonly name: string;
  /** What `count` counts. */
  readonly noun: string;
  readonly count: (look: Look) => Fragment;
  /** Common table expressions that several rules read, so that large tables are summed once. */
  readonly given?: (look: Look) => Fragment;
  readonly rules: readonly Rule[];
}
