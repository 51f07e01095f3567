// Stands for the web server where it is killed: the same use cases and the same webhook, without the pages.
import { createServer, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { systemClock } from "@/lib/kernel/clock";
import { localGateway, openTestWorld, type TestWorld } from "@/lib/testing/world";
import { processEvent } from "@/lib/webhook/process-events";
import { receiveEvent } from "@/lib/webhook/receive-event";
import { type Act, doAct } from "./acts";
import { outliveLostConnections } from "./killable";

outliveLostConnections();

const { DATABASE_URL = "", STRIPE_API_BASE = "", PORT } = process.env;
const opened = openTestWorld({
  url: DATABASE_URL,
  gateway: localGateway(STRIPE_API_BASE, { timeoutMs: 4_000 }),
  max: 6,
});
const world = { ...opened, clock: systemClock } as TestWorld;

const server = createServer(async (request, response) => {
  try {
    if (request.url === "/webhook") response.statusCode = await webhook(request);
    else if (request.method === "POST") response.end(await acted(request));
    response.end();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    response.statusCode = 500;
    response.end(JSON.stringify({ code: code ?? null, message: message ?? String(error) }));
  }
});
server.listen(Number(PORT), "127.0.0.1", () => console.log("web ready"));

async function webhook(request: IncomingMessage): Promise<number> {
  const received = await receiveEvent(world, {
    body: Readable.toWeb(request) as ReadableStream<Uint8Array>,
    signature: String(request.headers["stripe-signature"] ?? ""),
  });
  if (received.kind === "refused") return received.status;
  // After the answer, as the route does; what fails here is the worker's.
  setImmediate(() => void processEvent(world, received.eventId).catch(() => undefined));
  return 200;
}

async function acted(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const answer = await doAct(world, JSON.parse(body) as Act);
  return JSON.stringify({ answer }, (_, value) => (typeof value === "bigint" ? value.toString() : value));
}
