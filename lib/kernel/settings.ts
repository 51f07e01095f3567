import { isAbsolute } from "node:path";
import { z } from "zod";
import { isTimeZone } from "@/lib/kernel/calendar";

/**
 * Everything a process is told from outside, parsed once when it starts. Pass it on; read `process.env` nowhere else.
 */
export interface Settings {
  readonly world: World;
  /** A world to try things in, which says so on every page: nothing real has to be behind it. */
  readonly isStaging: boolean;
  /** The address of the web as people see it, an origin without a slash at the end. */
  readonly mallardUrl: string;
  /** The host's name, as pages and mails show it. */
  readonly hostName: string;
  /** The billing time zone (IANA): whose midnight begins a calendar day. */
  readonly timeZone: string;
  /** As the owner: migrations, and the queue of jobs. */
  readonly databaseUrl: string;
  /** For each role a login of its own, or the owner's, who takes it. */
  readonly databaseUrls: { readonly app: string; readonly jobs: string; readonly staff: string };
  readonly databasePoolSize: number;
  readonly stripeSecretKey: string;
  /** Whether the key moves real money. */
  readonly stripeLive: boolean;
  /** One, or two while the endpoint's secret is being changed. */
  readonly stripeWebhookSecrets: readonly [string, ...string[]];
  /** The local Stripe's origin; null is Stripe itself. */
  readonly stripeApiBase: string | null;
  /** The currencies of the host's bank accounts, the default first; null: as Stripe says. */
  readonly stripeSettlesIn: readonly string[] | null;
  readonly smtpUrl: string;
  readonly mailFrom: string;
  /** Where mail servers send reports of mails that they could not deliver; null: to mailFrom. */
  readonly mailBounceAddress: string | null;
  /** What such a report has to be handed in with at /api/mail/bounces; null: nobody may. */
  readonly mailBounceSecret: string | null;
  /** Where the demo's mail can be read; null in the live world. */
  readonly mailboxUrl: string | null;
  /** The demo's own control panel, which alone may be sent events on this machine; null in the live world. */
  readonly panelUrl: string | null;
  /** The demo's billing clock, which can be moved: the file that says how far, and who moves it. Null elsewhere. */
  readonly timeMachine: { readonly clockFile: string; readonly url: string } | null;
  readonly nextauthSecret: string;
  /** The one before it, still read while it is being changed. */
  readonly nextauthSecretBefore: string | null;
  /**
   * Proxies of ours in front that each append to X-Forwarded-For; 0 believes no header. The portal listens on this
   * machine alone: under any other address there is one, if nothing else is said.
   */
  readonly proxyHops: number;
  /** 0 is any free port. */
  readonly port: number;
}

export type World = "demo" | "live";

export interface SettingsProblem {
  readonly variable: string;
  /** What is wrong and what to do. Never the value: it may be a secret. */
  readonly advice: string;
}

/** The process cannot start as it was told to. The message has a line for each variable, with what to do about it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  constructor(readonly problems: readonly SettingsProblem[]) {
    super(problems.map(({ variable, advice }) => `${variable} ${advice}`).join("\n"));
  }
}

/** Parses strictly, all variables at once; throws a SettingsError that names every one that is wrong. */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.entries(env).map(([name, text]) => [name, text?.trim() || undefined]),
  );
  const parsed = variables.safeParse(given);
  const problems = [...unknownNames(given), ...(parsed.error?.issues ?? []).map(problemOf)];
  if (!parsed.success) throw new SettingsError(problems);
  problems.push(...contradictions(parsed.data));
  if (problems.length > 0) throw new SettingsError(problems);
  return settingsOf(parsed.data);
}

const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"];

const variables = z.object({
  DATABASE_URL: required("to the address of your database (postgres://user:password@host:5432/name)").refine(
    isDatabaseUrl,
    "is not a database address: write it as postgres://user:password@host:5432/name, signs in the password as %40 for @",
  ),
  DATABASE_APP_URL: ownLogin("customers' pages"),
  DATABASE_JOBS_URL: ownLogin("jobs"),
  DATABASE_STAFF_URL: ownLogin("the staff section"),
  DATABASE_POOL_SIZE: whole(1, 500, 10),
  STRIPE_SECRET_KEY: required(
    "to the secret key of your Stripe account (sk_test_…, sk_live_… or rk_…)",
  ).refine(
    (text) => /^(sk|rk)_(test|live)_[A-Za-z0-9_]+$/.test(text),
    "is not a secret key: copy the one that begins with sk_test_, sk_live_ or rk_ from Stripe's dashboard (pk_… is the publishable key)",
  ),
  STRIPE_WEBHOOK_SECRET: required("to the signing secret of your webhook endpoint (whsec_…)")
    .transform((text) => text.split(",").map((secret) => secret.trim()))
    .refine(
      (secrets) => secrets.length <= 2 && secrets.every((secret) => /^whsec_[A-Za-z0-9+/=_-]+$/.test(secret)),
      "is not a signing secret: copy the one that begins with whsec_ from the endpoint's page; two at most, separated by a comma",
    ),
  STRIPE_API_BASE: optional().refine(
    (text) => text === undefined || isLoopbackOrigin(text),
    "may only name a local Stripe: write it as http://127.0.0.1:4242, or leave it out to use Stripe itself",
  ),
  STRIPE_SETTLES_IN: optional().refine(
    (text) => text === undefined || /^[A-Za-z]{3}(,[A-Za-z]{3})*$/.test(text),
    "names no currencies: write those of your bank accounts at Stripe as USD or EUR,USD, or leave it out to have Stripe asked",
  ),
  SMTP_URL: required("to the address of your mail server (smtp://user:password@host:587 or smtps://…)")
    .refine(
      (text) => hasHost(text, ["smtp:", "smtps:"]),
      "is not the address of a mail server: write it as smtp://user:password@host:587 or smtps://user:password@host:465",
    )
    .refine(
      (text) => ["", "?tls=optional"].includes(urlOf(text)?.search ?? ""),
      "has something after its question mark that is unknown: leave it out, or write ?tls=optional for a mail server of your own network that takes mail unencrypted",
    ),
  MAIL_FROM: required("to the address that mail comes from (Billing <billing@example.com>)").refine(
    isMailbox,
    "is not one mail address: write it as billing@example.com or as Billing <billing@example.com>",
  ),
  MAIL_BOUNCE_ADDRESS: optional().refine(
    (text) => text === undefined || (isMailbox(text) && !text.includes("<")),
    "is not one mail address: write it as bounces@example.com, or leave it out",
  ),
  MAIL_BOUNCE_SECRET: optional().refine(
    (text) => text === undefined || /^[!-~]{24,}$/.test(text),
    "is too short to be safe, or has a space: set it to at least 24 random characters (openssl rand -base64 32), or leave it out",
  ),
  NEXTAUTH_SECRET: required("to at least 32 random characters (openssl rand -base64 32)").refine(
    (text) => text.length >= 32,
    "is too short to be safe: set it to at least 32 random characters (openssl rand -base64 32)",
  ),
  NEXTAUTH_SECRET_PREVIOUS: optional().refine(
    (text) => text === undefined || text.length >= 32,
    "is too short to have been a secret of this portal: set it to what NEXTAUTH_SECRET was, or leave it out",
  ),
  NEXTAUTH_URL: optional(),
  MALLARD_URL: required(
    "to the address of the portal as its users see it (https://billing.example.com)",
  ).refine(
    isWebOrigin,
    "is not the address of a site: write it as https://billing.example.com, without a path",
  ),
  MALLARD_WORLD: z
    .enum(["demo", "live"], {
      error: "is neither live nor demo: leave it out, or run npm start without DATABASE_URL to see the demo",
    })
    .default("live"),
  MALLARD_MODE: z
    .literal("staging", {
      error: "is not staging: leave it out, or set it to staging for a world to try things in",
    })
    .optional(),
  MALLARD_TIME_ZONE: z
    .string()
    .default("UTC")
    .refine(
      isTimeZone,
      "is not a time zone: set it to a name of the IANA database, as Europe/Berlin or Asia/Shanghai",
    ),
  MALLARD_HOST_NAME: optional().refine(
    (text) => text === undefined || (text.length <= 60 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)),
    "is not a name to show: set it to at most 60 visible characters, in one line",
  ),
  MALLARD_MAILBOX_URL: optional().refine(
    (text) => text === undefined || isLoopbackOrigin(text),
    "may only name the demo's mailbox: write it as http://127.0.0.1:8025, or leave it out",
  ),
  MALLARD_CLOCK_FILE: optional().refine(
    (text) => text === undefined || isAbsolute(text),
    "is not the place of a file: write its whole path, or leave it out",
  ),
  MALLARD_TIME_MACHINE_URL: optional().refine(
    (text) => text === undefined || isLoopbackOrigin(text),
    "may only name the demo's time machine: write it as http://127.0.0.1:8026, or leave it out",
  ),
  MALLARD_PANEL_URL: optional().refine(
    (text) => text === undefined || isLoopbackOrigin(text),
    "may only name the demo's control panel: write it as http://127.0.0.1:8027, or leave it out",
  ),
  MALLARD_PROXY_HOPS: hops(),
  PORT: whole(0, 65_535, 3000),
});

type Variables = z.output<typeof variables>;

function settingsOf(given: Variables): Settings {
  return Object.freeze({
    world: given.MALLARD_WORLD,
    isStaging: given.MALLARD_MODE === "staging",
    mallardUrl: new URL(given.MALLARD_URL).origin,
    hostName: given.MALLARD_HOST_NAME ?? (given.MALLARD_WORLD === "demo" ? "Ducky Cloud" : "Mallard"),
    timeZone: given.MALLARD_TIME_ZONE,
    databaseUrl: given.DATABASE_URL,
    databaseUrls: Object.freeze({
      app: given.DATABASE_APP_URL ?? given.DATABASE_URL,
      jobs: given.DATABASE_JOBS_URL ?? given.DATABASE_URL,
      staff: given.DATABASE_STAFF_URL ?? given.DATABASE_URL,
    }),
    databasePoolSize: given.DATABASE_POOL_SIZE,
    stripeSecretKey: given.STRIPE_SECRET_KEY,
    stripeLive: isLiveKey(given.STRIPE_SECRET_KEY),
    stripeWebhookSecrets: Object.freeze(given.STRIPE_WEBHOOK_SECRET as [string, ...string[]]),
    stripeApiBase: originOf(given.STRIPE_API_BASE),
    stripeSettlesIn: given.STRIPE_SETTLES_IN?.toUpperCase().split(",") ?? null,
    smtpUrl: given.SMTP_URL,
    mailFrom: given.MAIL_FROM,
    mailBounceAddress: given.MAIL_BOUNCE_ADDRESS ?? null,
    mailBounceSecret: given.MAIL_BOUNCE_SECRET ?? null,
    mailboxUrl: originOf(given.MALLARD_MAILBOX_URL),
    panelUrl: originOf(given.MALLARD_PANEL_URL),
    timeMachine: timeMachineOf(given),
    nextauthSecret: given.NEXTAUTH_SECRET,
    nextauthSecretBefore: given.NEXTAUTH_SECRET_PREVIOUS ?? null,
    proxyHops: given.MALLARD_PROXY_HOPS ?? hopsTo(given.MALLARD_URL),
    port: given.PORT,
  });
}

function timeMachineOf({ MALLARD_CLOCK_FILE: clockFile, MALLARD_TIME_MACHINE_URL: url }: Variables) {
  const origin = originOf(url);
  return clockFile !== undefined && origin !== null ? Object.freeze({ clockFile, url: origin }) : null;
}

/** What each variable alone cannot know. The demo has public logins: nothing real may ever be near it. */
function contradictions(given: Variables): SettingsProblem[] {
  const demo = given.MALLARD_WORLD === "demo";
  const live = isLiveKey(given.STRIPE_SECRET_KEY);
  const found: [boolean, string, string][] = [
    [
      live && given.STRIPE_API_BASE !== undefined,
      "STRIPE_API_BASE",
      "does not go with a live key: leave it out, or set STRIPE_SECRET_KEY to a test key",
    ],
    [
      demo && given.STRIPE_API_BASE === undefined,
      "STRIPE_API_BASE",
      "is missing: the demo world only runs with the local Stripe; leave MALLARD_WORLD out to use Stripe itself",
    ],
    [
      demo && !databasesOf(given).every(isLocalDatabase),
      "DATABASE_URL",
      "is on another machine: the demo world only runs in the embedded database; leave MALLARD_WORLD out",
    ],
    [
      demo && !isOfThisMachine(given.MALLARD_URL),
      "MALLARD_URL",
      "is an address that others can open, and everybody knows the demo's logins: leave it out, or leave MALLARD_WORLD out",
    ],
    [
      !demo && given.MALLARD_CLOCK_FILE !== undefined,
      "MALLARD_CLOCK_FILE",
      "is of the demo world only: leave it out, the clock of the live world is the machine's",
    ],
    [
      !demo && given.MALLARD_TIME_MACHINE_URL !== undefined,
      "MALLARD_TIME_MACHINE_URL",
      "is of the demo world only: leave it out, nothing moves the clock of the live world",
    ],
    [
      !demo && given.MALLARD_PANEL_URL !== undefined,
      "MALLARD_PANEL_URL",
      "is of the demo world only: leave it out, and register your own panel's address with the portal",
    ],
    [
      demo && (given.MALLARD_CLOCK_FILE === undefined) !== (given.MALLARD_TIME_MACHINE_URL === undefined),
      "MALLARD_CLOCK_FILE",
      "goes with MALLARD_TIME_MACHINE_URL: set both, or neither",
    ],
    [
      given.NEXTAUTH_URL !== undefined && originOf(given.NEXTAUTH_URL) !== originOf(given.MALLARD_URL),
      "NEXTAUTH_URL",
      "is not the same site as MALLARD_URL: leave it out, or set both to the same address",
    ],
  ];
  return [...found, ...falseParts(given)]
    .filter(([wrong]) => wrong)
    .map(([, variable, advice]) => ({ variable, advice }));
}

/**
 * What is false or open must not stand behind a portal that people pay at: one with a live key, or with an address beyond
 * this machine. Staging says what it is, and then may.
 */
function falseParts(given: Variables): [boolean, string, string][] {
  const live = isLiveKey(given.STRIPE_SECRET_KEY);
  const isStaging = given.MALLARD_MODE === "staging";
  const isReal = given.MALLARD_WORLD === "live" && (live || !isOfThisMachine(given.MALLARD_URL));
  const refused = isReal && !isStaging;
  const orStaging = "or set MALLARD_MODE to staging if nothing here is real";
  const databases = {
    DATABASE_URL: given.DATABASE_URL,
    DATABASE_APP_URL: given.DATABASE_APP_URL,
    DATABASE_JOBS_URL: given.DATABASE_JOBS_URL,
    DATABASE_STAFF_URL: given.DATABASE_STAFF_URL,
  };
  return [
    [
      isStaging && live,
      "MALLARD_MODE",
      "is staging, and STRIPE_SECRET_KEY is a live key that moves real money: set a test key, or leave MALLARD_MODE out",
    ],
    [
      isStaging && given.MALLARD_WORLD === "demo",
      "MALLARD_MODE",
      "is for a world with a database of its own: leave it out to see the demo",
    ],
    [
      refused && given.STRIPE_API_BASE !== undefined && !live,
      "STRIPE_SECRET_KEY",
      `is missing, and the local Stripe would take payments that nobody makes: set it to the key of your account, ${orStaging}`,
    ],
    [
      refused && given.MALLARD_MAILBOX_URL !== undefined,
      "SMTP_URL",
      `is missing, and the local mailbox would keep mail that nobody gets: set it to your mail server, ${orStaging}`,
    ],
    [
      refused && new URL(given.MALLARD_URL).protocol !== "https:",
      "MALLARD_URL",
      `is not encrypted: it must begin with https://, ${orStaging}`,
    ],
    ...Object.entries(databases).map(([variable, url]): [boolean, string, string] => [
      refused && url !== undefined && !isLocalDatabase(url) && !isEncryptedDatabase(url),
      variable,
      `names a database on another machine without TLS: add ?sslmode=verify-full (or require) to it, ${orStaging}`,
    ]),
  ];
}

/** A setting of ours that nobody reads is a typing error that would otherwise be silently the default. */
function unknownNames(given: Record<string, string | undefined>): SettingsProblem[] {
  const known = Object.keys(variables.shape).filter((name) => name.startsWith("MALLARD_"));
  return Object.keys(given)
    .filter((name) => name.startsWith("MALLARD_") && given[name] !== undefined && !known.includes(name))
    .map((variable) => ({ variable, advice: `is no setting of Mallard: there are ${known.join(", ")}` }));
}

/** Only the path and our own words leave the validator: its issues could quote the value. */
function problemOf(issue: z.core.$ZodIssue): SettingsProblem {
  return { variable: String(issue.path[0]), advice: issue.message };
}

function required(purpose: string) {
  return z.string({ error: `is missing: set it ${purpose}` });
}

function optional() {
  return z.string().optional();
}

function ownLogin(whose: string) {
  return optional().refine(
    (text) => text === undefined || isDatabaseUrl(text),
    `is not a database address: write the login of ${whose} as postgres://user:password@host:5432/name, or leave it out`,
  );
}

function whole(min: number, max: number, byDefault: number) {
  const error = `is not a whole number from ${min} to ${max}: leave it out for ${byDefault}`;
  return z
    .string()
    .regex(/^[0-9]{1,6}$/, { error, abort: true })
    .transform(Number)
    .refine((number) => number >= min && number <= max, error)
    .default(byDefault);
}

function hops() {
  return z
    .string()
    .regex(
      /^[0-5]$/,
      "is not a whole number from 0 to 5: leave it out for one proxy before any address but this machine's",
    )
    .transform(Number)
    .optional();
}

/** How many proxies are in front, by the portal's address. */
function hopsTo(mallardUrl: string): number {
  return loopbackHosts.includes(new URL(mallardUrl).hostname) ? 0 : 1;
}

function isLiveKey(key: string): boolean {
  return /^(sk|rk)_live_/.test(key);
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function originOf(text: string | undefined): string | null {
  return text === undefined ? null : (urlOf(text)?.origin ?? null);
}

function isDatabaseUrl(text: string): boolean {
  const url = urlOf(text);
  return url !== null && ["postgres:", "postgresql:"].includes(url.protocol) && url.pathname.length > 1;
}

function databasesOf(given: Variables): string[] {
  const { DATABASE_URL, DATABASE_APP_URL, DATABASE_JOBS_URL, DATABASE_STAFF_URL } = given;
  return [DATABASE_URL, DATABASE_APP_URL, DATABASE_JOBS_URL, DATABASE_STAFF_URL].filter(
    (url) => url !== undefined,
  );
}

/** No host at all is a socket of this machine. */
function isLocalDatabase(text: string): boolean {
  const url = urlOf(text);
  const named = url?.searchParams.get("host") ?? "";
  return (
    url !== null && ["", ...loopbackHosts].includes(url.hostname) && (named === "" || named.startsWith("/"))
  );
}

function isEncryptedDatabase(text: string): boolean {
  return ["require", "verify-full"].includes(urlOf(text)?.searchParams.get("sslmode") ?? "");
}

function isOfThisMachine(text: string): boolean {
  return loopbackHosts.includes(urlOf(text)?.hostname ?? "");
}

function hasHost(text: string, protocols: readonly string[]): boolean {
  const url = urlOf(text);
  return url !== null && protocols.includes(url.protocol) && url.hostname !== "";
}

function isOrigin(url: URL): boolean {
  return (
    url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "" && url.password === ""
  );
}

function isLoopbackOrigin(text: string): boolean {
  const url = urlOf(text);
  return url !== null && url.protocol === "http:" && loopbackHosts.includes(url.hostname) && isOrigin(url);
}

function isWebOrigin(text: string): boolean {
  const url = urlOf(text);
  return url !== null && ["http:", "https:"].includes(url.protocol) && isOrigin(url);
}

/** Enough to refuse a slip and a second header line; the mail server judges the rest. */
function isMailbox(text: string): boolean {
  const address = /^[^<>\r\n]*<([^<>\s]+)>$/.exec(text)?.[1] ?? text;
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address);
}
