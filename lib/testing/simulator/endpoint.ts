import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { World } from "@/lib/billing/world";
import { receiveEvent } from "@/lib/webhook/receive-event";

/** Where the local Stripe sends its webhooks: what the portal's own route does, without working on the event. */
export interface Endpoint {
  readonly url: string;
  /** The world that the next requests are served in. */
  serveIn(world: World): void;
  /** Which events were recorded since this was asked last, in their order; a repeated one once for each time. */
  recorded(): string[];
  close(): Promise<void>;
}

export async function startEndpoint(): Promise<Endpoint> {
  let world: World | null = null;
  let recorded: string[] = [];
  const server = createServer(async (request, response) => {
    response.statusCode = await answer(request).catch(() => 500);
    response.end();
  });
  async function answer(request: import("node:http").IncomingMessage): Promise<number> {
    if (!world) return 503;
    const signature = request.headers["stripe-signature"];
    const body = Readable.toWeb(request) as ReadableStream<Uint8Array>;
    const received = await receiveEvent(world, { body, signature: signature ? String(signature) : null });
    if (received.kind === "refused") return received.status;
    recorded.push(received.eventId);
    return 200;
  }
  // Longer than any sender keeps a socket: no delivery meets one that is just being closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    serveIn: (next) => {
      world = next;
    },
    recorded: () => {
      const since = recorded;
      recorded = [];
      return since;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
