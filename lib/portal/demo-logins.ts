import { context } from "@/lib/auth/context";

/** A way into the demo world; its password is `demoPassword`. */
export interface DemoLogin {
  email: string;
  /** Whom one sees the portal as, as a key of the messages. */
  role:
    | "enough"
    | "short"
    | "none"
    | "many"
    | "billing"
    | "viewer"
    | "staff"
    | "finance"
    | "support"
    | "auditor";
  /** The same in words, for the terminal. */
  what: string;
}

export const demoPassword = "quack-quack-demo";

export const demoCast: readonly DemoLogin[] = [
  { email: "ada@demo.example", role: "enough", what: "enough balance" },
  { email: "ben@demo.example", role: "short", what: "too little balance" },
  { email: "chika@demo.example", role: "none", what: "no balance" },
  { email: "marigold@demo.example", role: "many", what: "many invoices" },
  { email: "mina@demo.example", role: "billing", what: "who pays for Marigold" },
  { email: "vito@demo.example", role: "viewer", what: "who only looks at Marigold" },
  { email: "staff@demo.example", role: "staff", what: "staff: admin" },
  { email: "finance@demo.example", role: "finance", what: "staff: finance" },
  { email: "support@demo.example", role: "support", what: "staff: support" },
  { email: "auditor@demo.example", role: "auditor", what: "staff: auditor" },
];

/** The logins that the sign-in page shows: none outside the demo world, where they do not exist either. */
export function demoLogins(): readonly (DemoLogin & { password: string })[] {
  if (context().settings.world !== "demo") return [];
  return demoCast.map((login) => ({ ...login, password: demoPassword }));
}
