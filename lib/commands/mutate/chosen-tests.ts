export interface ChosenTests {
  /** A glob. */
  readonly folders: string;
  readonly kinds: readonly ("unit" | "database")[];
}

const variable = "MALLARD_MUTATE_TESTS";

/** For Stryker's own processes, which read it in vitest.config.ts beside this. */
export function handOn(tests: ChosenTests): void {
  process.env[variable] = JSON.stringify(tests);
}

export function chosenTests(): ChosenTests {
  const text = process.env[variable];
  if (text === undefined) throw new Error("these tests are chosen by 'npm run mutate'");
  return JSON.parse(text) as ChosenTests;
}
