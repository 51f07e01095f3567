import { paperMessages } from "@/app/paper-given";
import { openDatabase } from "@/db/client";
import { workerPoolSize } from "@/lib/auth/pool-sizes";
import { followLimits } from "@/lib/billing/payment/learned-limits";
import { sentenceOf } from "@/lib/billing/reconciliation/check-stripe";
import type { World } from "@/lib/billing/world";
import { followSettlement } from "@/lib/gateway/follow-settlement";
import { stripeGateway } from "@/lib/gateway/stripe";
import type { WorkerTools } from "@/lib/jobs/jobs";
import { startTimeMachine } from "@/lib/jobs/time-machine-server";
import { startWorker } from "@/lib/jobs/worker";
import { systemClock } from "@/lib/kernel/clock";
import { advanceFileClock, fileClock } from "@/lib/kernel/file-clock";
import { writeConsoleAsLines, writeLog } from "@/lib/kernel/log";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import { parseSettings } from "@/lib/kernel/settings";
import { createMailer } from "@/lib/mail/mailer";
import { checkSetup } from "@/lib/webhook/check-setup";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { readBackEvents } from "@/lib/webhook/read-back-events";

if (process.env.NODE_ENV !== "development") writeConsoleAsLines();
const settings = parseSettings(process.env);
const jobs = openDatabase({
  url: settings.databaseUrls.jobs,
  role: "mallard_jobs",
  max: workerPoolSize,
  applicationName: "mallard worker",
});
const gateway = stripeGateway({
  secretKey: settings.stripeSecretKey,
  webhookSecrets: settings.stripeWebhookSecrets,
  apiBase: settings.stripeApiBase,
  settlesIn: settings.stripeSettlesIn ?? [],
});
if (!settings.stripeSettlesIn) followSettlement(gateway);
const world: World = {
  // The worker acts for the host, never as a customer: it has one role.
  app: jobs,
  jobs,
  gateway,
  clock: settings.timeMachine ? fileClock(settings.timeMachine.clockFile) : systemClock,
  timeZone: settings.timeZone,
  environment: "mallard",
  portalUrl: settings.mallardUrl,
  ...purposeKeys(settings),
  panelOrigin: settings.panelUrl,
};
followLimits(world);

const tools: WorkerTools = {
  world,
  wallClock: systemClock,
  mailer: createMailer(settings),
  host: { name: settings.hostName, url: settings.mallardUrl },
  papers: { hostName: settings.hostName, messagesOf: paperMessages },
  events: {
    process: async (here) => (await processWaitingEvents(here)).length,
    readBack: readBackEvents,
    checkSetup,
  },
};
let timeMachine: Awaited<ReturnType<typeof startTimeMachine>> | null = null;
const worker = await startWorker(tools, settings.databaseUrl, () => timeMachine?.isMoving() ?? false);
if (settings.timeMachine) timeMachine = await openTimeMachine(settings.timeMachine);
writeLog("info", "worker_ready");
// Said once, and never waited for; from then on the desk says it.
void checkSetup(world).then(
  (check) => {
    const sentence = sentenceOf(check);
    if (sentence) writeLog("warn", "stripe_setup", { message: sentence });
  },
  () => undefined,
);
// To who started it, if it was started with a channel.
process.send?.("ready");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await timeMachine?.close();
    await worker.stop();
    await jobs.close();
    process.exit(0);
  });
}

/** Of the demo alone: the settings name none in any other world. */
async function openTimeMachine({ clockFile, url }: { clockFile: string; url: string }) {
  const { sandboxControl } = await import("@/lib/sandbox/control");
  const { stripeApiBase, stripeSecretKey } = settings;
  const movable = {
    tools,
    advance: (ms: number) => void advanceFileClock(clockFile, ms),
    stripe: stripeApiBase ? sandboxControl(stripeApiBase, stripeSecretKey) : null,
  };
  return startTimeMachine(movable, Number(new URL(url).port));
}
