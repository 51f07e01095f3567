/**
 * What a command answers. A refusal is an expected outcome (a declined card, an invoice paid meanwhile) and
 * therefore a value, a union of `{ code: "snake_case", … }`; a bug throws.
 */
export type Result<T, R extends Refusal = Refusal> = Accepted<T> | Refused<R>;

export interface Refusal {
  readonly code: string;
}

export interface Accepted<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Refused<R> {
  readonly ok: false;
  readonly refusal: R;
}

export function ok(): Accepted<undefined>;
export function ok<T>(value: T): Accepted<T>;
export function ok<T>(value?: T): Accepted<T | undefined> {
  return { ok: true, value };
}

/** The code stays a literal type, so that a switch over refusals is exhaustive without annotations. */
export function refuse<const R extends Refusal>(refusal: R): Refused<R> {
  return { ok: false, refusal };
}
