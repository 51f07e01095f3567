import { createServer } from "node:http";
import { assert } from "@/lib/kernel/assert";
import { same, value } from "./contract-answers";
import { intentKeyOf, intentRequestOf } from "./contract-cards";
import { type ContractStage, eventually } from "./contract-stage";
import type { GatewayEvent } from "./port";

/** What came to the address that Stripe's webhooks are forwarded to. */
export interface ForwardedWebhooks {
  readonly received: { body: string; signature: string | null }[];
  close(): Promise<void>;
}

/** Listens at the address that `stripe listen --forward-to` was given, for as long as the check takes. */
export async function listenAt(address: string): Promise<ForwardedWebhooks> {
  const { hostname, port, pathname } = new URL(address);
  const received: ForwardedWebhooks["received"] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const isHere = request.url === pathname;
    const signature = request.headers["stripe-signature"];
    if (isHere) received.push({ body: Buffer.concat(chunks).toString("utf8"), signature: String(signature) });
    response.writeHead(isHere ? 200 : 404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(port || 80), hostname, resolve);
  });
  return {
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface ForwardingCheck {
  readonly name: string;
  readonly run: (stage: ContractStage, webhooks: ForwardedWebhooks) => Promise<void>;
}

/** What the portal relies on of Stripe's webhooks. */
export const forwardingContract: readonly ForwardingCheck[] = [
  { name: "what happened is told by events that are signed, of this version, and of test mode", run: told },
  { name: "what moved the balance is said at once, or told by an event of its own", run: toldLater },
  { name: "an event that was altered, or signed by nobody, is refused", run: alteredRefused },
];

async function told(stage: ContractStage, webhooks: ForwardedWebhooks): Promise<void> {
  const { intentId } = await charged(stage);
  const event = await eventOf(stage, webhooks, "payment_intent.succeeded", ({ id }) => id === intentId);
  same(event.isLive, false, "mode");
  const { api_version: version } = event.payload as { api_version: string };
  same(version, "2026-10-28.endive", "the version of the endpoint: set it to the SDK's");
}

async function toldLater(stage: ContractStage, webhooks: ForwardedWebhooks): Promise<void> {
  const { chargeId, isSettled } = await charged(stage);
  if (isSettled) return;
  await eventOf(
    stage,
    webhooks,
    "charge.updated",
    ({ id, balance_transaction: moved }) => id === chargeId && moved !== null,
  );
}

async function alteredRefused(stage: ContractStage, webhooks: ForwardedWebhooks): Promise<void> {
  const { intentId } = await charged(stage);
  await eventOf(stage, webhooks, "payment_intent.succeeded", ({ id }) => id === intentId);
  const [last] = webhooks.received.slice(-1);
  assert(last, "something was received");
  const verify = (body: string, signature: string | null) =>
    stage.gateway.verifyEvent(body, signature, new Date());
  same(verify(`${last.body} `, last.signature), null, "with a space more");
  same(verify(last.body, null), null, "without a signature");
  same(verify(last.body, "t=1,v1=00"), null, "with another signature");
}

async function charged(stage: ContractStage) {
  const request = await intentRequestOf(stage, "pm_card_visa");
  const intent = value(await stage.gateway.createIntent(request, intentKeyOf(stage, request)));
  assert(intent.charge, "the card was charged");
  return { intentId: intent.id, chargeId: intent.charge.id, isSettled: intent.charge.fee !== null };
}

async function eventOf(
  stage: ContractStage,
  { received }: ForwardedWebhooks,
  type: string,
  isIt: (object: { id: string; balance_transaction?: unknown }) => boolean,
): Promise<GatewayEvent> {
  return eventually(stage, `${type} came, signed by the secret that was given`, async () => {
    for (const { body, signature } of received) {
      const event = stage.gateway.verifyEvent(body, signature, new Date());
      const { data } = (event?.payload ?? {}) as { data?: { object: { id: string } } };
      if (event?.type === type && data && isIt(data.object)) return event;
    }
    return null;
  });
}
