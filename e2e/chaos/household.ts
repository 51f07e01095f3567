import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { freePort, startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { testSecretKey, testWebhookSecret } from "@/lib/testing/world";
import { Killable } from "./killable";

/** All processes of a portal, each of which may be killed at any moment. */
export interface Household {
  readonly databaseUrl: string;
  readonly stripeUrl: string;
  readonly webUrl: string;
  readonly web: Killable;
  readonly worker: Killable;
  readonly stripe: Killable;
  /** kill -9 of the database server; its keeper starts it again. */
  killDatabase(): Promise<void>;
  databaseKills(): number;
  readonly logDir: string;
  /** Ends all of them; what they held is removed, the logs only if nothing was wrong. */
  stop(keepLogs: boolean): Promise<void>;
}

/** Starts database (durable: what it has committed it keeps), local Stripe, web and worker. */
export async function openHousehold(root: string): Promise<Household> {
  const dir = await mkdtemp(path.join(tmpdir(), "mallard-chaos-"));
  const logDir = path.join(dir, "logs");
  const server = await startEmbedded({ dir: path.join(dir, "postgres"), durable: true });
  const databaseUrl = await makeDatabase(server.rootUrl);
  const [stripePort, webPort] = [await freePort(), await freePort()];
  const stripeUrl = `http://127.0.0.1:${stripePort}`;
  const webUrl = `http://127.0.0.1:${webPort}`;
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: "test",
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: testSecretKey,
    STRIPE_WEBHOOK_SECRET: testWebhookSecret,
    STRIPE_API_BASE: stripeUrl,
    SANDBOX_PORT: String(stripePort),
    SANDBOX_DATA: path.join(dir, "stripe"),
    SANDBOX_WEBHOOK_URL: `${webUrl}/webhook`,
    SANDBOX_DELAYED_MS: "2000",
    SMTP_URL: "smtp://127.0.0.1:9",
    MAIL_FROM: "Ducky Cloud <billing@ducky.example>",
    MALLARD_URL: webUrl,
    MALLARD_WORLD: "live",
    NEXTAUTH_URL: webUrl,
    NEXTAUTH_SECRET: "only for tests, only for tests, only for tests",
    PORT: String(webPort),
  };
  const part = (name: string, file: string, isReady: () => Promise<boolean>) =>
    new Killable({ name, file, env, root, logDir, isReady });
  const stripe = part("stripe", "lib/sandbox/main.ts", () => answers(stripeUrl));
  const web = part("web", "e2e/chaos/web-process.ts", () => answers(webUrl));
  const worker = part("worker", "lib/commands/worker.ts", async () => true);
  await Promise.all([stripe.start(), web.start(), worker.start()]);
  let databaseKills = 0;
  return {
    databaseUrl,
    stripeUrl,
    webUrl,
    web,
    worker,
    stripe,
    logDir,
    databaseKills: () => databaseKills,
    killDatabase: async () => {
      const pid = await server.serverPid().catch(() => 0);
      if (pid <= 0) return;
      databaseKills += 1;
      process.kill(pid, "SIGKILL");
    },
    stop: async (keepLogs) => {
      await Promise.all([worker.stop(), web.stop(), stripe.stop()]);
      await server.stop();
      await rm(server.place, { recursive: true, force: true });
      if (!keepLogs) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function makeDatabase(serverUrl: string): Promise<string> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await sql`create database mallard_chaos`;
  await sql.end();
  const url = new URL(serverUrl);
  url.pathname = "/mallard_chaos";
  await migrate(url.href);
  return url.href;
}

/** Any answer will do. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
