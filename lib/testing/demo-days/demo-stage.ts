import postgres from "postgres";
import type { Sql } from "@/db/client";
import { exactTypes } from "@/db/exact-sql";
import type { Movable } from "@/lib/jobs/time-machine";
import { manualClock } from "@/lib/kernel/clock";
import { parseSettings, type Settings } from "@/lib/kernel/settings";
import { createMailer } from "@/lib/mail/mailer";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { type Mailbox, startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import { startSandbox } from "@/lib/sandbox/server";
import { checkSetup } from "@/lib/webhook/check-setup";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import { copyTemplate } from "../server";
import { localGateway, openTestWorld, type TestWorld, testSecretKey, testWebhookSecret } from "../world";

/** A portal as the demo's, empty as yet, whose clock the time machine moves: a database, a local Stripe and a mailbox of its own. */
export interface DemoStage {
  readonly world: TestWorld;
  /** Sees and may do everything: for looking on from outside. */
  readonly owner: Sql;
  readonly mailbox: Mailbox;
  readonly control: SandboxControl;
  readonly movable: Movable;
  readonly settings: Settings;
  close(): Promise<void>;
}

/** Of a server whose template is migrated; all jobs run every `stepHours`. */
export async function openDemoStage(serverUrl: string, stepHours: number): Promise<DemoStage> {
  const [database, sandbox, mailbox] = await Promise.all([
    copyTemplate(serverUrl),
    startSandbox({ secretKey: testSecretKey }),
    startMailbox({ keep: 100_000 }),
  ]);
  const clock = manualClock(new Date());
  const world = openTestWorld({ url: database.url, gateway: localGateway(sandbox.url), clock });
  const owner = postgres(database.url, { max: 2, onnotice: () => {}, types: exactTypes });
  const settings = parseSettings({
    DATABASE_URL: database.url,
    MALLARD_URL: "http://localhost:3000",
    MALLARD_WORLD: "demo",
    MAIL_FROM: "billing@ducky.example",
    NEXTAUTH_SECRET: "only for tests, only for tests, only for tests",
    SMTP_URL: mailbox.smtpUrl,
    STRIPE_API_BASE: sandbox.url,
    STRIPE_SECRET_KEY: testSecretKey,
    STRIPE_WEBHOOK_SECRET: testWebhookSecret,
  });
  const control = sandboxControl(sandbox.url, testSecretKey);
  const movable: Movable = {
    tools: {
      world,
      mailer: createMailer(settings),
      host: { name: "Ducky Cloud", url: "http://localhost:3000" },
      events: {
        process: async (here) => (await processWaitingEvents(here)).length,
        readBack: readBackEvents,
        checkSetup,
      },
    },
    advance: (ms) => clock.advance(ms),
    stripe: control,
    stepHours,
  };
  return {
    ...{ world, owner: owner as unknown as Sql, mailbox, control, movable, settings },
    close: async () => {
      await Promise.all([world.close(), owner.end()]);
      await Promise.all([database.drop(), sandbox.close(), mailbox.close()]);
    },
  };
}
