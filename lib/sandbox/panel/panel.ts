import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isOwnHost, isOwnPage } from "@/lib/sandbox/own-page";
import { pageOf, policy } from "./page";
import { receiveEvent } from "./receive-event";
import type { Arrival, PanelState } from "./state";

export interface PanelOptions {
  /** 0 is any free port. */
  port?: number;
  /** Of the endpoint that is registered for it (whsec_…). */
  secret: string;
}

export interface Panel {
  /** Where people look at it; events go to `/events`. */
  readonly url: string;
  close(): Promise<void>;
}

const loopback = "127.0.0.1";
const bodyBytesMost = 64 * 1024;
const arrivalsKept = 50;

/**
 * A host's control panel for the demo, on this machine only: hears of services by webhooks, and shows what it knows. Its
 * people can let it be down, and then it answers 503.
 */
export async function startPanel({ port = 0, secret }: PanelOptions): Promise<Panel> {
  const state: PanelState = { startedAt: new Date(), services: new Map(), arrivals: [], isDown: false };
  const server = createServer((request, response) => {
    answer(state, secret, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, loopback, resolve);
  });
  return {
    url: `http://${loopback}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  state: PanelState,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { localPort } = request.socket;
  if (!isOwnHost(request.headers.host, localPort)) return void response.writeHead(403).end();
  const path = (request.url ?? "").split("?", 1)[0];
  const asked = `${request.method} ${path}`;
  if (asked === "POST /events") return takeEvent(state, secret, request, response);
  if (asked === "POST /down" || asked === "POST /up") {
    if (!isOwnPage(request.headers, localPort)) return void response.writeHead(403).end();
    state.isDown = path === "/down";
    return void response.writeHead(303, { location: "/" }).end();
  }
  if (asked === "GET /services.json") {
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    return void response.end(JSON.stringify(Object.fromEntries(state.services)));
  }
  if (asked !== "GET /") return void response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // With less, a browser hides from us whose page the button was pressed on.
    "referrer-policy": "same-origin",
  });
  response.end(pageOf(state, request.headers["accept-language"]));
}

async function takeEvent(
  state: PanelState,
  secret: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await textOf(request);
  if (body === null) return void response.writeHead(413, { connection: "close" }).end();
  if (state.isDown) {
    note(state, { kind: "was_down", event: null });
    return void response.writeHead(503).end();
  }
  const headers = request.headers as Record<string, string>;
  const received = receiveEvent(state.services, secret, { headers, body });
  note(state, received);
  response.writeHead(received.kind === "not_signed" ? 401 : 204).end();
}

function note(
  { arrivals }: PanelState,
  { kind, event }: { kind: Arrival["became"]; event: Arrival["event"] },
): void {
  arrivals.unshift({ at: new Date(), became: kind, event });
  arrivals.splice(arrivalsKept);
}

/** Null if it is more than any event. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop would cut the connection before the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMost) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
