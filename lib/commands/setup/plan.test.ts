import { expect, test } from "vitest";
import { SettingsError } from "@/lib/kernel/settings";
import { environment, planFrom, refuseWrongSettings } from "./plan";

const real = {
  DATABASE_URL: "postgres://op:pw@db.example:5432/billing?sslmode=require",
  STRIPE_SECRET_KEY: "sk_test_real",
  STRIPE_WEBHOOK_SECRET: "whsec_real",
  SMTP_URL: "smtp://mail.example:587",
  MAIL_FROM: "billing@example.com",
  MALLARD_URL: "https://billing.example.com",
};
const secrets = {
  nextauthSecret: "n".repeat(40),
  stripeSecretKey: "sk_test_localkey",
  stripeWebhookSecret: "whsec_localsecret",
  panelSecret: "whsec_cGFuZWw=",
};
const local = {
  databaseUrl: "postgres://127.0.0.1/ours",
  logins: null,
  stripePort: 4242,
  mailPort: 2525,
  mailboxPort: 8025,
  timeMachinePort: 8026,
  panelPort: 8027,
  clockFile: "/tmp/clock",
};

/** Every choice of the real parts that makes sense. */
const choices = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  ...(bits & 1 ? { DATABASE_URL: real.DATABASE_URL } : {}),
  ...(bits & 2
    ? { STRIPE_SECRET_KEY: real.STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET: real.STRIPE_WEBHOOK_SECRET }
    : {}),
  ...(bits & 4 ? { SMTP_URL: real.SMTP_URL, MAIL_FROM: real.MAIL_FROM } : {}),
}));

test.each(choices)("the demo world exists only in our own database with our own Stripe: %o", (env) => {
  const plan = planFrom(env);
  const ours = !("DATABASE_URL" in env) && !("STRIPE_SECRET_KEY" in env);
  expect(plan.world).toBe(ours ? "demo" : "live");
  const given = environment(env, plan, secrets, {
    ...local,
    databaseUrl: plan.embeddedDatabase ? local.databaseUrl : null,
  });
  expect(given.MALLARD_WORLD).toBe(plan.world);
  expect(given.DATABASE_URL).toBe("DATABASE_URL" in env ? real.DATABASE_URL : local.databaseUrl);
  expect(given.STRIPE_API_BASE).toBe("STRIPE_SECRET_KEY" in env ? undefined : "http://127.0.0.1:4242");
  expect(given.MALLARD_TIME_MACHINE_URL).toBe(ours ? "http://127.0.0.1:8026" : undefined);
  expect(given.MALLARD_CLOCK_FILE).toBe(ours ? local.clockFile : undefined);
  expect(given.MALLARD_PANEL_URL).toBe(ours ? "http://127.0.0.1:8027" : undefined);
});

test("nobody can name another address of this machine for events: the demo knows its own, others have none", () => {
  const named = { MALLARD_PANEL_URL: "http://127.0.0.1:5432" };
  const at = (env: Partial<Record<string, string>>) =>
    environment(env, planFrom(env), secrets, local).MALLARD_PANEL_URL;
  expect(at(named)).toBe("http://127.0.0.1:8027");
  const { DATABASE_URL, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = real;
  for (const env of [
    { DATABASE_URL },
    { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET },
    { MALLARD_WORLD: "live" },
  ]) {
    expect(() => at({ ...env, ...named })).toThrow(/^MALLARD_PANEL_URL is of the demo world only/);
  }
});

test("nobody can ask for the demo world in a database of their own", () => {
  expect(() => planFrom({ MALLARD_WORLD: "demo", DATABASE_URL: real.DATABASE_URL })).toThrow(/DATABASE_URL/);
});

test("a portal with a database and an https address of its own does not start with false parts, unless for staging", () => {
  const { DATABASE_URL, MALLARD_URL, SMTP_URL, MAIL_FROM, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } = real;
  const refuse = (env: Record<string, string>) => () => refuseWrongSettings(env, planFrom(env), secrets);
  const own = { DATABASE_URL, MALLARD_URL, MAIL_FROM };
  const stripe = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET };
  expect(refuse({ ...own, SMTP_URL })).toThrow(/^STRIPE_SECRET_KEY is missing, and the local Stripe [^\n]+$/);
  expect(refuse({ ...own, ...stripe })).toThrow(/^SMTP_URL is missing, and the local mailbox [^\n]+$/);
  expect(refuse({ ...own, ...stripe, SMTP_URL, MALLARD_URL: "http://billing.example.com" })).toThrow(
    /^MALLARD_URL /,
  );
  expect(
    refuse({ ...own, ...stripe, SMTP_URL, DATABASE_URL: "postgres://op:pw@db.example/billing" }),
  ).toThrow(/^DATABASE_URL /);
  const choices: Record<string, string>[] = [{}, stripe, { SMTP_URL }, { ...stripe, SMTP_URL }];
  for (const more of choices) {
    expect(refuse({ ...own, ...more, MALLARD_MODE: "staging" })).not.toThrow();
  }
  expect(refuse({ ...own, ...stripe, SMTP_URL })).not.toThrow();
});

test("each role's login reaches the processes, and one that the host names is taken", () => {
  const logins = {
    mallard_app: "postgres://a@127.0.0.1/x",
    mallard_jobs: "postgres://j@127.0.0.1/x",
    mallard_staff: "postgres://s@127.0.0.1/x",
  };
  const theirs = { DATABASE_STAFF_URL: "postgres://theirs@127.0.0.1/x" };
  const given = environment(theirs, planFrom(theirs), secrets, { ...local, logins });
  expect(given).toMatchObject({
    DATABASE_APP_URL: logins.mallard_app,
    DATABASE_JOBS_URL: logins.mallard_jobs,
    DATABASE_STAFF_URL: theirs.DATABASE_STAFF_URL,
  });
});

test("half of Stripe's settings is refused, naming the other half", () => {
  expect(() => planFrom({ STRIPE_SECRET_KEY: "sk_test_x" })).toThrow(/^STRIPE_WEBHOOK_SECRET is missing/);
  expect(() => planFrom({ STRIPE_WEBHOOK_SECRET: "whsec_x" })).toThrow(/^STRIPE_SECRET_KEY is missing/);
});

test.each([
  ["PORT", { PORT: "three thousand" }],
  ["DATABASE_URL", { DATABASE_URL: "mysql://x/y" }],
  ["STRIPE_SECRET_KEY", { ...real, STRIPE_SECRET_KEY: "pk_test_x" }],
  ["SMTP_URL", { SMTP_URL: "mail", MAIL_FROM: "a@example.com" }],
  ["MALLARD_WORDL", { MALLARD_WORDL: "demo" }],
] as const)("a wrong %s is refused before anything is started, and only it is named", (variable, env) => {
  const refuse = () => refuseWrongSettings(env, planFrom(env), secrets);
  expect(refuse).toThrow(SettingsError);
  expect(refuse).toThrow(new RegExp(`^${variable} [^\\n]+$`));
});

test("what npm adds to the environment does not reach the portal's processes", () => {
  const env = { npm_config_registry: "https://registry.example", PATH: "/bin" };
  const given = environment(env, planFrom(env), secrets, local);
  expect(given.PATH).toBe("/bin");
  expect(Object.keys(given).filter((name) => name.startsWith("npm_"))).toEqual([]);
});
