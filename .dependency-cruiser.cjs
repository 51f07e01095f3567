// The floors of lib/README.md: imports go down only. `npm run house` checks them; tests may reach anywhere.
// swc reads the sources, since TypeScript 7 has no parser for other programs; it does not tell type imports from
// others, so components' imports of portal and admin are held to types by lib/commands/house.test.ts.

const ours = "^(app|components|db|lib|e2e)/";
const tests = "\\.test\\.tsx?$";

/** Each folder, and the folders that it may import beside itself. */
const floors = {
  "lib/kernel": [],
  db: ["lib/kernel"],
  "lib/ledger": ["db", "lib/kernel"],
  "lib/gateway": ["db", "lib/kernel"],
  "lib/billing": ["lib/ledger", "lib/gateway/port", "db", "lib/kernel"],
  "lib/auth": ["db", "lib/kernel"],
  "lib/mail": ["db", "lib/kernel"],
  "lib/paper": ["lib/billing", "db", "lib/kernel"],
  ...Object.fromEntries(
    ["portal", "admin", "webhook", "jobs", "import"].map((name) => [
      `lib/${name}`,
      ["lib/auth", "lib/mail", "lib/paper", "lib/billing", "lib/ledger", "lib/gateway", "db", "lib/kernel"],
    ]),
  ),
  components: ["lib/kernel", "lib/portal", "lib/admin"],
  app: [
    "components",
    "lib/auth",
    "lib/portal",
    "lib/admin",
    "lib/webhook",
    "lib/jobs",
    "lib/import",
    "lib/paper",
    "lib/kernel",
  ],
  "lib/sandbox": ["lib/kernel"],
};

const below = (folder) => `^${folder}(/|\\.|$)`;

/** Within billing: renewal stands on service and payment, those on invoice. */
const billingFloors = {
  invoice: ["payment", "service", "renewal", "reminder"],
  service: ["renewal", "reminder"],
  payment: ["renewal", "reminder"],
};

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Foreign keys may go in a circle, and the schema names them lazily.",
      severity: "error",
      from: { pathNot: "^db/schema/" },
      to: { circular: true },
    },
    { name: "nothing-missing", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...Object.entries(floors).map(([folder, allowed]) => ({
      name: `floor-of-${folder.replace("lib/", "")}`,
      severity: "error",
      from: { path: below(folder), pathNot: tests },
      to: { path: ours, pathNot: [folder, ...allowed].map(below) },
    })),
    ...Object.entries(billingFloors).map(([room, above]) => ({
      name: `billing-${room}-imports-down`,
      severity: "error",
      from: { path: below(`lib/billing/${room}`), pathNot: tests },
      to: { path: above.map((name) => below(`lib/billing/${name}`)) },
    })),
    {
      name: "stripe-lives-in-the-gateway",
      comment: "The local Stripe uses the SDK's types, tests the SDK itself.",
      severity: "error",
      from: { path: ours, pathNot: ["^lib/(gateway|sandbox|testing|commands)/", "^e2e/", tests] },
      to: { path: "node_modules/stripe/" },
    },
    {
      name: "links-fetch-nothing-ahead",
      comment: "decisions/0019",
      severity: "error",
      from: { path: ours, pathNot: "^components/ui/link\\.tsx$" },
      to: { path: "node_modules/next/link" },
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: ours, pathNot: ["^lib/(testing|commands)/", "^e2e/", tests] },
      to: { path: "^lib/testing/" },
    },
    {
      name: "commands-are-started-not-imported",
      severity: "error",
      from: { path: ours, pathNot: ["^lib/(commands|testing)/", "^e2e/", tests] },
      to: { path: "^lib/commands/" },
    },
    {
      name: "the-portal-runs-without-development-packages",
      severity: "error",
      from: { path: ours, pathNot: ["^lib/(testing|commands)/", "^e2e/", tests] },
      to: { dependencyTypes: ["npm-dev"] },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)\\.next/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".d.ts", ".mjs", ".js", ".json", ".css"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
    tsConfig: { fileName: "tsconfig.json" },
  },
};
