import { type Database, openDatabase } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { instantMethods } from "@/lib/gateway/offered-methods";
import type { Gateway } from "@/lib/gateway/port";
import { stripeGateway } from "@/lib/gateway/stripe";
import { type ManualClock, manualClock } from "@/lib/kernel/clock";
import { purposeKeys } from "@/lib/kernel/purpose-key";

export interface TestWorld extends World {
  readonly clock: ManualClock;
  readonly staff: Database;
  close(): Promise<void>;
}

export interface TestWorldOptions {
  url: string;
  gateway?: Gateway;
  start?: Date;
  /** Shared with a local Stripe; else a clock of its own that begins at `start`. */
  clock?: ManualClock;
  max?: number;
}

/** A world over a test's own database. Without a gateway, calling Stripe is a fault: nothing is mocked. */
export function openTestWorld({ url, gateway, start, clock, max = 10 }: TestWorldOptions): TestWorld {
  const app = openDatabase({ url, role: "mallard_app", max });
  const jobs = openDatabase({ url, role: "mallard_jobs", max });
  const staff = openDatabase({ url, role: "mallard_staff", max: 3 });
  return {
    app,
    jobs,
    staff,
    gateway: gateway ?? noGateway(),
    clock: clock ?? manualClock(start ?? new Date("2026-03-10T09:00:00Z")),
    timeZone: "UTC",
    environment: "test",
    portalUrl: "http://127.0.0.1:3000",
    ...purposeKeys({
      nextauthSecret: "only for tests, only for tests, only for tests",
      nextauthSecretBefore: null,
    }),
    close: async () => {
      await Promise.all([app.close(), jobs.close(), staff.close()]);
    },
  };
}

export const testSecretKey = "sk_test_local_0123456789abcdef";
export const testWebhookSecret = "whsec_test_0123456789abcdef";

/** The real gateway, against a local Stripe. */
export function localGateway(url: string, options: { timeoutMs?: number } = {}): Gateway {
  return stripeGateway({
    secretKey: testSecretKey,
    webhookSecrets: [testWebhookSecret],
    apiBase: url,
    timeoutMs: options.timeoutMs ?? 5_000,
    pageMethods: [...instantMethods, "sepa_debit", "us_bank_account"],
  });
}

/** Answers as an address does where nobody listens: every call is `unknown`. */
function noGateway(): Gateway {
  return localGateway("http://127.0.0.1:9");
}
