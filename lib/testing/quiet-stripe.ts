import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { startSandbox } from "@/lib/sandbox/server";
import { createTestDatabase } from "./database";
import { localGateway, openTestWorld, type TestWorld, testSecretKey } from "./world";

/** A world beside a local Stripe that sends no webhooks: what happened there, the portal learns by asking. */
export interface QuietStripeScene {
  readonly world: TestWorld;
  readonly control: SandboxControl;
  readonly stripeUrl: string;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** Call it once for each test file; the clock begins now and is moved by tests alone. */
export async function openQuietStripe(): Promise<QuietStripeScene> {
  const [database, sandbox] = await Promise.all([
    createTestDatabase(),
    startSandbox({ secretKey: testSecretKey }),
  ]);
  const world = openTestWorld({ url: database.url, gateway: localGateway(sandbox.url), start: new Date() });
  return {
    world,
    control: sandboxControl(sandbox.url, testSecretKey),
    stripeUrl: sandbox.url,
    databaseUrl: database.url,
    close: async () => {
      await world.close();
      await Promise.all([database.drop(), sandbox.close()]);
    },
  };
}
