import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSettings, SettingsError } from "@/lib/kernel/settings";

const live = {
  DATABASE_URL: "postgres://mallard:pass@db.example.com:5432/mallard?sslmode=verify-full",
  STRIPE_SECRET_KEY: "sk_live_abc123",
  STRIPE_WEBHOOK_SECRET: "whsec_abc",
  SMTP_URL: "smtps://mail.example.com:465",
  MAIL_FROM: "Billing <billing@example.com>",
  MALLARD_URL: "https://billing.example.com",
  NEXTAUTH_SECRET: "0123456789abcdef0123456789abcdef",
};

const demo = {
  ...live,
  DATABASE_URL: "postgres://postgres:pass@127.0.0.1:5433/mallard",
  STRIPE_SECRET_KEY: "sk_test_local",
  STRIPE_API_BASE: "http://127.0.0.1:4242",
  MALLARD_URL: "http://127.0.0.1:3000",
  MALLARD_WORLD: "demo",
  MALLARD_MAILBOX_URL: "http://127.0.0.1:8025",
};

type Env = Record<string, string | undefined>;

/** What the error says, a line for each variable. */
function complaint(env: Env): string {
  try {
    parseSettings(env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error("the settings were accepted");
}

describe("settings", () => {
  test("about mail that comes back are an address and a secret that nobody guesses", () => {
    const bounces = { MAIL_BOUNCE_ADDRESS: "bounces@example.com", MAIL_BOUNCE_SECRET: live.NEXTAUTH_SECRET };
    expect(parseSettings({ ...live, ...bounces })).toMatchObject({
      mailBounceAddress: "bounces@example.com",
      mailBounceSecret: live.NEXTAUTH_SECRET,
    });
    expect(complaint({ ...live, MAIL_BOUNCE_ADDRESS: "Bounces <bounces@example.com>" })).toMatch(
      /^MAIL_BOUNCE_ADDRESS is not one mail address/,
    );
    const secret = "too short to be a secret of ours";
    expect(complaint({ ...live, MAIL_BOUNCE_SECRET: secret })).toMatch(/^MAIL_BOUNCE_SECRET is too short/);
    expect(complaint({ ...live, MAIL_BOUNCE_SECRET: secret })).not.toContain(secret);
  });

  test("of a live portal are typed, complete and frozen", () => {
    const settings = parseSettings({ ...live, PATH: "/bin", HOME: "/root" });
    expect(settings).toEqual({
      world: "live",
      mallardUrl: "https://billing.example.com",
      hostName: "Mallard",
      timeZone: "UTC",
      isStaging: false,
      databaseUrl: live.DATABASE_URL,
      databaseUrls: { app: live.DATABASE_URL, jobs: live.DATABASE_URL, staff: live.DATABASE_URL },
      databasePoolSize: 10,
      stripeSecretKey: "sk_live_abc123",
      stripeLive: true,
      stripeWebhookSecrets: ["whsec_abc"],
      stripeApiBase: null,
      stripeSettlesIn: null,
      smtpUrl: live.SMTP_URL,
      mailFrom: live.MAIL_FROM,
      mailBounceAddress: null,
      mailBounceSecret: null,
      mailboxUrl: null,
      panelUrl: null,
      timeMachine: null,
      nextauthSecret: live.NEXTAUTH_SECRET,
      nextauthSecretBefore: null,
      proxyHops: 1,
      port: 3000,
    });
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.stripeWebhookSecrets)).toBe(true);
  });

  test("of the demo world", () => {
    const { world, hostName, stripeLive, stripeApiBase, mailboxUrl, mallardUrl } = parseSettings(demo);
    expect({ world, hostName, stripeLive, stripeApiBase, mailboxUrl, mallardUrl }).toEqual({
      world: "demo",
      hostName: "Ducky Cloud",
      stripeLive: false,
      stripeApiBase: "http://127.0.0.1:4242",
      mailboxUrl: "http://127.0.0.1:8025",
      mallardUrl: "http://127.0.0.1:3000",
    });
  });

  test("nothing set at all names everything that must be, each with what to do", () => {
    const lines = complaint({}).split("\n");
    expect(lines.map((line) => line.split(" ")[0]).sort()).toEqual(Object.keys(live).sort());
    expect(lines.every((line) => line.includes(" is missing: set it to "))).toBe(true);
    expect(complaint({ ...live, STRIPE_WEBHOOK_SECRET: undefined })).toBe(
      "STRIPE_WEBHOOK_SECRET is missing: set it to the signing secret of your webhook endpoint (whsec_…)",
    );
  });

  test("empty is the same as missing", () => {
    expect(complaint({ ...live, SMTP_URL: "" })).toContain("SMTP_URL is missing");
    expect(parseSettings({ ...live, PORT: " ", MALLARD_HOST_NAME: "" }).hostName).toBe("Mallard");
  });

  test.each([
    ["PORT", "0", "port", 0],
    ["MALLARD_PROXY_HOPS", "2", "proxyHops", 2],
    ["MALLARD_PROXY_HOPS", "0", "proxyHops", 0],
    ["DATABASE_POOL_SIZE", "25", "databasePoolSize", 25],
    ["MALLARD_TIME_ZONE", "Asia/Shanghai", "timeZone", "Asia/Shanghai"],
    ["MALLARD_URL", "https://Billing.Example.com:8443/", "mallardUrl", "https://billing.example.com:8443"],
    ["MALLARD_HOST_NAME", "小鸭云", "hostName", "小鸭云"],
    ["STRIPE_SECRET_KEY", "rk_test_x_1", "stripeLive", false],
    ["STRIPE_SECRET_KEY", "rk_live_x", "stripeLive", true],
    ["STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old", "stripeWebhookSecrets", ["whsec_new", "whsec_old"]],
    ["MAIL_FROM", "billing@example.com", "mailFrom", "billing@example.com"],
    ["DATABASE_URL", "postgresql:///mallard?host=/run", "databaseUrl", "postgresql:///mallard?host=/run"],
    ["NEXTAUTH_URL", "https://billing.example.com/api/auth", "mallardUrl", "https://billing.example.com"],
  ] as const)("%s=%s is read", (variable, text, field, value) => {
    expect(parseSettings({ ...live, [variable]: text })[field]).toEqual(value);
  });

  test.each([
    ["DATABASE_URL", "mysql://u:hush@host/name"],
    ["DATABASE_URL", "postgres://u:hush@host"],
    ["DATABASE_URL", "hush"],
    ["DATABASE_APP_URL", "hush"],
    ["DATABASE_POOL_SIZE", "0"],
    ["DATABASE_POOL_SIZE", "1e2"],
    ["STRIPE_SECRET_KEY", "pk_live_hush"],
    ["STRIPE_SECRET_KEY", "sk_hush"],
    ["STRIPE_SECRET_KEY", "sk_live_hush\nx"],
    ["STRIPE_WEBHOOK_SECRET", "hush"],
    ["STRIPE_WEBHOOK_SECRET", "whsec_hush,,"],
    ["STRIPE_WEBHOOK_SECRET", "whsec_hush,whsec_b,whsec_c"],
    ["STRIPE_API_BASE", "https://api.stripe.com"],
    ["STRIPE_API_BASE", "http://127.0.0.1.hush.example:4242"],
    ["STRIPE_API_BASE", "http://hush@127.0.0.1:4242"],
    ["STRIPE_API_BASE", "http://127.0.0.1:4242/hush"],
    ["SMTP_URL", "http://mail.example.com"],
    ["SMTP_URL", "smtp:hush"],
    ["MAIL_FROM", "hush"],
    ["MAIL_FROM", "a@example.com, hush@example.com"],
    ["MAIL_FROM", "A <a@example.com>\r\nBcc: hush@example.com"],
    ["NEXTAUTH_SECRET", "hush hush hush"],
    ["NEXTAUTH_SECRET_PREVIOUS", "hush hush hush"],
    ["MALLARD_MODE", "hush"],
    ["NEXTAUTH_URL", "https://hush.example.com"],
    ["NEXTAUTH_URL", "hush"],
    ["MALLARD_URL", "billing.example.com"],
    ["MALLARD_URL", "https://billing.example.com/hush"],
    ["MALLARD_URL", "ftp://billing.example.com"],
    ["MALLARD_WORLD", "hush"],
    ["MALLARD_TIME_ZONE", "hush"],
    ["MALLARD_TIME_ZONE", "+02:00"],
    ["MALLARD_HOST_NAME", "Ducky\r\nhush"],
    ["MALLARD_HOST_NAME", "Ducky \u202ehush"],
    ["MALLARD_HOST_NAME", "hush".repeat(16)],
    ["MALLARD_MAILBOX_URL", "https://hush.example.com"],
    ["MALLARD_CLOCK_FILE", "hush/clock"],
    ["MALLARD_TIME_MACHINE_URL", "https://hush.example.com"],
    ["MALLARD_PANEL_URL", "https://hush.example.com"],
    ["MALLARD_PANEL_URL", "http://hush.example.com:8027"],
    ["MALLARD_PANEL_URL", "http://127.0.0.1:8027/hush"],
    ["MALLARD_PROXY_HOPS", "hush"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "hush"],
  ])("%s=%j is refused by name, and not quoted", (variable, text) => {
    const said = complaint({ ...live, STRIPE_SECRET_KEY: "sk_test_a", [variable]: text });
    expect(said.split("\n")).toHaveLength(1);
    expect(said.startsWith(`${variable} `)).toBe(true);
    expect(said).not.toContain("hush");
  });

  test("a misspelled setting of ours is refused, not ignored", () => {
    const said = complaint({ ...live, MALLARD_TIMEZONE: "Asia/Shanghai" });
    expect(said).toMatch(/^MALLARD_TIMEZONE is no setting of Mallard: .*MALLARD_TIME_ZONE/);
    expect(complaint({ MALLARD_TIMEZONE: "Asia/Shanghai" })).toContain("MALLARD_TIMEZONE");
  });

  test("no value that was given is in what is said about it", () => {
    const names = [...Object.keys(demo), "NEXTAUTH_URL", "PORT", "DATABASE_POOL_SIZE", "MALLARD_OTHER"];
    const value = fc.stringMatching(/^(sk_live_|whsec_|postgres:\/\/|smtp:|http:\/\/)?hush[ -~]{0,40}$/);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (env) => {
        expect(complaint(env)).not.toContain("hush");
      }),
    );
  });
});

describe("what must never be together", () => {
  test("a live key and a local Stripe", () => {
    expect(complaint({ ...live, STRIPE_API_BASE: "http://127.0.0.1:4242" })).toMatch(
      /^STRIPE_API_BASE .*live key/,
    );
    expect(complaint({ ...demo, STRIPE_SECRET_KEY: "rk_live_a", MALLARD_URL: live.MALLARD_URL })).toMatch(
      /^STRIPE_API_BASE .*live key/,
    );
  });

  test("a live key and a portal that is not encrypted", () => {
    expect(complaint({ ...live, MALLARD_URL: "http://billing.example.com" })).toMatch(/^MALLARD_URL .*https/);
  });

  test.each(["https://billing.example.com", "http://192.168.0.7:3000"])(
    "the demo world, whose logins everybody knows, and an address that others can open: %s",
    (text) => {
      expect(complaint({ ...demo, MALLARD_URL: text })).toMatch(/^MALLARD_URL .*demo's logins/);
    },
  );

  test("the demo world and Stripe itself", () => {
    expect(complaint({ ...demo, STRIPE_API_BASE: undefined })).toMatch(/^STRIPE_API_BASE is missing: .*demo/);
  });

  test.each([
    "postgres://u:p@db.example.com/mallard",
    "postgres://u:p@127.0.0.1.example.com/mallard",
    "postgres://u:p@127.0.0.1/mallard?host=db.example.com",
  ])("the demo world and a database elsewhere (%#)", (text) => {
    expect(complaint({ ...demo, DATABASE_URL: text })).toMatch(/^DATABASE_URL .*demo/);
  });

  test.each([
    ["MALLARD_CLOCK_FILE", "/tmp/clock"],
    ["MALLARD_TIME_MACHINE_URL", "http://127.0.0.1:8026"],
    ["MALLARD_PANEL_URL", "http://127.0.0.1:8027"],
  ])("the live world and what moves the demo's time or hears its events (%s)", (variable, text) => {
    for (const key of ["sk_live_abc123", "sk_test_abc123"]) {
      expect(complaint({ ...live, STRIPE_SECRET_KEY: key, [variable]: text })).toMatch(
        new RegExp(`^${variable} is of the demo world only`),
      );
    }
  });

  test("half of the demo's time machine", () => {
    expect(complaint({ ...demo, MALLARD_CLOCK_FILE: "/tmp/clock" })).toMatch(/^MALLARD_CLOCK_FILE goes with/);
  });

  const falseStripe = { STRIPE_SECRET_KEY: "sk_test_local", STRIPE_API_BASE: "http://127.0.0.1:4242" };
  const falseMailbox = { MALLARD_MAILBOX_URL: "http://127.0.0.1:8025" };
  const plain = { MALLARD_URL: "http://billing.example.com" };
  const open = { DATABASE_URL: "postgres://u:p@db.example.com/mallard" };

  test.each<[string, string, Env]>([
    ["the local Stripe", "STRIPE_SECRET_KEY", falseStripe],
    ["the local mailbox", "SMTP_URL", falseMailbox],
    ["the local mailbox, with a test key", "SMTP_URL", { ...falseMailbox, STRIPE_SECRET_KEY: "sk_test_a" }],
    ["an address without https", "MALLARD_URL", { ...plain, STRIPE_SECRET_KEY: "sk_test_a" }],
    [
      "an address without https, though it is of this machine",
      "MALLARD_URL",
      { MALLARD_URL: "http://localhost:3000" },
    ],
    ["a database elsewhere without TLS", "DATABASE_URL", open],
    ["one that may do without", "DATABASE_URL", { DATABASE_URL: `${open.DATABASE_URL}?sslmode=prefer` }],
    ["a login without TLS", "DATABASE_STAFF_URL", { DATABASE_STAFF_URL: open.DATABASE_URL }],
  ])("a portal that people pay at and %s, unless it says that it is for staging", (_what, variable, env) => {
    expect(complaint({ ...live, ...env })).toMatch(
      new RegExp(`^${variable} [^\\n]*MALLARD_MODE to staging[^\\n]*$`),
    );
    const staging = { ...live, STRIPE_SECRET_KEY: "sk_test_a", ...env, MALLARD_MODE: "staging" };
    expect(parseSettings(staging).isStaging).toBe(true);
  });

  test("staging and what moves real money, or the demo", () => {
    expect(complaint({ ...live, MALLARD_MODE: "staging" })).toMatch(
      /^MALLARD_MODE is staging, and STRIPE_SECRET_KEY is a live key/,
    );
    expect(complaint({ ...demo, MALLARD_MODE: "staging" })).toMatch(/^MALLARD_MODE .*demo/);
  });

  test("a portal that is tried on this machine may have any false part, with a database of its own too", () => {
    const tried = { ...live, ...falseStripe, ...falseMailbox, ...open, MALLARD_URL: "http://localhost:3000" };
    expect(parseSettings(tried).world).toBe("live");
  });
});
