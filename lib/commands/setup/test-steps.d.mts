/** The types of test-steps.mjs, which runs before anything is installed that reads TypeScript. */
export interface Counted {
  readonly passed: number;
  readonly failed: number;
  readonly names?: readonly string[];
}
export function countVitest(code: number, report: string): Counted;
export function countPlaywright(code: number, report: string): Counted;
