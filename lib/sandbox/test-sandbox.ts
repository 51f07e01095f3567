import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Stripe from "stripe";
import { type SandboxControl, sandboxControl } from "@/lib/sandbox/control";
import { type Sandbox, type SandboxOptions, startSandbox } from "@/lib/sandbox/server";

export const testKey = "sk_test_of_the_tests";
export const testSecret = "whsec_of_the_tests";

/** What an endpoint of a test received: the bytes, the signature, and the event in them. */
export interface Received {
  body: string;
  signature: string;
  event: { id: string; type: string; pending_webhooks: number; data: { object: { id: string } } };
}

/** An endpoint that keeps what it receives and answers as it is told. */
export interface Inbox {
  url: string;
  received: Received[];
  /** The status of the answers from now on; 200 at first. */
  answer(status: number): void;
  types(): string[];
  close(): Promise<void>;
}

export async function startInbox(): Promise<Inbox> {
  const received: Received[] = [];
  let status = 200;
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ body, signature: String(request.headers["stripe-signature"]), event: JSON.parse(body) });
    response.writeHead(status);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer(next) {
      status = next;
    },
    types: () => received.map(({ event }) => event.type),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface TestSandbox {
  sandbox: Sandbox;
  stripe: Stripe;
  control: SandboxControl;
  inbox: Inbox;
  close(): Promise<void>;
}

/** The official SDK as a client of a local Stripe; it never resends by itself. */
export function sdkFor(sandbox: Sandbox, secretKey = testKey): Stripe {
  return new Stripe(secretKey, {
    host: "127.0.0.1",
    port: sandbox.port,
    protocol: "http",
    apiVersion: "2026-10-28.endive",
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** A local Stripe on a free port, with an endpoint that receives its webhooks. Its time stands still until advanced. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const inbox = await startInbox();
  const startedAt = new Date();
  const sandbox = await startSandbox({
    secretKey: testKey,
    clock: { now: () => startedAt },
    webhook: { url: inbox.url, secret: testSecret },
    ...options,
  });
  return {
    sandbox,
    inbox,
    stripe: sdkFor(sandbox),
    control: sandboxControl(sandbox.url, testKey),
    async close() {
      await sandbox.close();
      await inbox.close();
    },
  };
}

/** Parameters of a session over one line. */
export function sessionFor(
  customer: string,
  more: Partial<Stripe.Checkout.SessionCreateParams> & { amount?: number; in?: string } = {},
): Stripe.Checkout.SessionCreateParams {
  const { amount = 1230, in: currency = "usd", ...rest } = more;
  return {
    mode: "payment",
    customer,
    success_url: "https://portal.example/done?session={CHECKOUT_SESSION_ID}",
    cancel_url: "https://portal.example/back",
    line_items: [
      { quantity: 1, price_data: { currency, unit_amount: amount, product_data: { name: "Invoice 42" } } },
    ],
    ...rest,
  };
}

/** The error that a call ends in. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error("The call was not refused");
}
