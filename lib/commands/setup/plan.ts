import path from "node:path";
import type { LoginUrls } from "@/db/logins";
import { parseSettings } from "@/lib/kernel/settings";
import { SetupFault } from "./setup-fault";
import type { Secrets } from "./state";

/** Which parts are real (the environment names them) and which are started here. */
export interface Plan {
  readonly world: "demo" | "live";
  readonly embeddedDatabase: boolean;
  readonly localStripe: boolean;
  readonly localMail: boolean;
  readonly port: number;
  readonly address: string;
}

/** The ways to the parts that were started here; null where the environment names a real one. */
export interface LocalParts {
  readonly databaseUrl: string | null;
  /** Of the roles, where logins could be made for them. */
  readonly logins: LoginUrls | null;
  readonly stripePort: number | null;
  readonly mailPort: number | null;
  readonly mailboxPort: number | null;
  readonly timeMachinePort: number | null;
  readonly panelPort: number | null;
  readonly clockFile: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The demo world and its public logins exist only where both the database and Stripe are our own. */
export function planFrom(env: Env): Plan {
  refuseHalfOfStripe(env);
  if (given(env, "MALLARD_WORLD") === "demo" && given(env, "DATABASE_URL")) {
    throw new SetupFault("MALLARD_WORLD is demo, and DATABASE_URL is set: leave one of them out.");
  }
  const embeddedDatabase = given(env, "DATABASE_URL") === undefined;
  const localStripe = given(env, "STRIPE_SECRET_KEY") === undefined;
  // What is not a number is refused with all other settings, by its own name.
  const port = Number(given(env, "PORT") ?? 3000);
  const webPort = Number.isInteger(port) ? port : 3000;
  return {
    world: embeddedDatabase && localStripe && given(env, "MALLARD_WORLD") !== "live" ? "demo" : "live",
    embeddedDatabase,
    localStripe,
    localMail: given(env, "SMTP_URL") === undefined,
    port,
    address: given(env, "MALLARD_URL") ?? `http://localhost:${webPort}`,
  };
}

function refuseHalfOfStripe(env: Env): void {
  const key = given(env, "STRIPE_SECRET_KEY") !== undefined;
  const secret = given(env, "STRIPE_WEBHOOK_SECRET") !== undefined;
  if (key === secret) return;
  const [present, absent] = key
    ? ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"]
    : ["STRIPE_WEBHOOK_SECRET", "STRIPE_SECRET_KEY"];
  throw new SetupFault(`${absent} is missing beside ${present}: set both for Stripe itself, or neither.`);
}

function given(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** The complete environment of every process; throws a SettingsError that names each variable that is wrong. */
export function environment(env: Env, plan: Plan, secrets: Secrets, local: LocalParts): NodeJS.ProcessEnv {
  const outside = Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
  const settings: Record<string, string | undefined> = {
    DATABASE_URL: local.databaseUrl ?? env.DATABASE_URL,
    DATABASE_APP_URL: given(env, "DATABASE_APP_URL") ?? local.logins?.mallard_app,
    DATABASE_JOBS_URL: given(env, "DATABASE_JOBS_URL") ?? local.logins?.mallard_jobs,
    DATABASE_STAFF_URL: given(env, "DATABASE_STAFF_URL") ?? local.logins?.mallard_staff,
    MALLARD_URL: plan.address,
    NEXTAUTH_URL: plan.address,
    NEXTAUTH_SECRET: given(env, "NEXTAUTH_SECRET") ?? secrets.nextauthSecret,
    MALLARD_WORLD: plan.world,
    PORT: given(env, "PORT") ?? String(plan.port),
    ...(plan.localStripe && {
      STRIPE_SECRET_KEY: secrets.stripeSecretKey,
      STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
      STRIPE_API_BASE: `http://127.0.0.1:${local.stripePort}`,
    }),
    ...(plan.localMail && { SMTP_URL: `smtp://127.0.0.1:${local.mailPort}` }),
    ...((plan.localMail || plan.world === "demo") && {
      MAIL_FROM: given(env, "MAIL_FROM") ?? "Ducky Cloud <billing@ducky.example>",
    }),
    ...(plan.localMail && { MALLARD_MAILBOX_URL: `http://127.0.0.1:${local.mailboxPort}` }),
    ...(plan.world === "demo" &&
      local.clockFile !== null && {
        MALLARD_CLOCK_FILE: local.clockFile,
        MALLARD_TIME_MACHINE_URL: `http://127.0.0.1:${local.timeMachinePort}`,
      }),
    // Whatever the environment says: nobody but this command names an address of this machine that events go to.
    ...(plan.world === "demo" && { MALLARD_PANEL_URL: `http://127.0.0.1:${local.panelPort}` }),
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const complete = { ...outside, ...settings } as NodeJS.ProcessEnv;
  parseSettings(complete);
  return complete;
}

/** The same check before anything is started: what is started here cannot be wrong yet. */
export function refuseWrongSettings(env: Env, plan: Plan, secrets: Secrets): void {
  environment(env, plan, secrets, {
    logins: null,
    databaseUrl: plan.embeddedDatabase ? "postgres://127.0.0.1/mallard" : null,
    stripePort: 1,
    mailPort: 1,
    mailboxPort: 1,
    timeMachinePort: 1,
    panelPort: 1,
    clockFile: path.resolve("clock"),
  });
}
