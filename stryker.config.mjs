// How `npm run mutate` changes the code; which modules and by which tests is said by lib/commands/mutate.ts.

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "lib/commands/mutate/vitest.config.ts" },
  // Each change is tried by the tests that reach it, and by no others.
  coverageAnalysis: "perTest",
  // Sentences, and names of states that no longer compile when they are wrong.
  mutator: { excludedMutations: ["StringLiteral"] },
  // TypeScript 7 has no parser for other programs; vitest reads no types.
  disableTypeChecks: false,
  tsconfigFile: "none",
  ignorePatterns: [".mallard", "reports", "bench-results", "e2e/results", "e2e/report"],
  // A busy machine is not an endless loop.
  timeoutMS: 30_000,
  reporters: ["clear-text", "progress-append-only", "json", "html"],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: "reports/mutation/mutation.json" },
  htmlReporter: { fileName: "reports/mutation/mutation.html" },
};
