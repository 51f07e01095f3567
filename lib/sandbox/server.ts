import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerControl, type Controls } from "@/lib/sandbox/control-routes";
import { DueTasks } from "@/lib/sandbox/due-tasks";
import { Api, type ApiRequest, isEqual } from "@/lib/sandbox/http/api";
import { ApiError } from "@/lib/sandbox/http/api-error";
import { Doors } from "@/lib/sandbox/http/doors";
import { Faults } from "@/lib/sandbox/http/faults";
import { SeenRequests } from "@/lib/sandbox/http/seen-requests";
import { serveApi } from "@/lib/sandbox/http/serve-api";
import { moveTo } from "@/lib/sandbox/move-to";
import { settlesInOf } from "@/lib/sandbox/objects/settlement";
import { putEndpoint } from "@/lib/sandbox/objects/webhook-endpoints";
import { isOwnHost, isOwnPage } from "@/lib/sandbox/own-page";
import { servePage } from "@/lib/sandbox/page/serve-page";
import { Journal } from "@/lib/sandbox/state/journal";
import { Store } from "@/lib/sandbox/state/store";
import { type TimeSource, VirtualClock } from "@/lib/sandbox/state/virtual-clock";
import { Deliveries } from "@/lib/sandbox/webhooks/deliveries";
import { defaultDashboard, World } from "@/lib/sandbox/world";

export interface SandboxOptions {
  /** 0 or absent: a free port. */
  port?: number;
  host?: "127.0.0.1";
  /** Keeps the state over restarts; absent: in memory only. */
  dataDir?: string;
  /** The key that callers and control calls must show. */
  secretKey: string;
  /** Absent: the system's clock. Control calls advance it for the sandbox alone. */
  clock?: TimeSource;
  /** Where events go. `secret` may hold two, separated by a comma, while it is being rotated. */
  webhook?: { url: string; secret: string /** Absent: every type. */; events?: string[] };
  /** Where the hosted pages are, as the customer's browser sees it; absent: this server's own address. */
  baseUrl?: string;
  /** How long a bank debit takes until it succeeds or fails; absent: three days. */
  delayedMs?: number;
  /**
   * The currencies of the host's bank accounts, as `eur` or `usd,eur`: what is charged in another is converted into the
   * first. Absent: an account in each currency that Stripe settles in, the first in US dollars.
   */
  settlesIn?: string;
  /** Whose account it is; absent: `acct_local`. */
  accountId?: string;
  /** How far balance transactions are behind their charges and refunds; absent: a second. 0: they are there at once. */
  balanceDelayMs?: number;
}

export interface Sandbox {
  /** Of API, pages and control calls, e.g. `http://127.0.0.1:4242`. */
  url: string;
  port: number;
  close(): Promise<void>;
}

const largestBody = 1_000_000;

/** Starts a local Stripe; resolves when it listens. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? "127.0.0.1";
  const store = new Store(options.dataDir ? new Journal(options.dataDir) : null);
  const world = new World(store, new VirtualClock(options.clock ?? { now: () => new Date() }));
  if (options.delayedMs !== undefined) world.delayedMs = options.delayedMs;
  if (options.balanceDelayMs !== undefined) world.balanceDelayMs = options.balanceDelayMs;
  if (options.accountId !== undefined) world.accountId = options.accountId;
  if (options.settlesIn !== undefined) world.settlesIn = settlesInOf(options.settlesIn);
  const deliveries = new Deliveries(world);
  const due = new DueTasks(world, deliveries);
  const faults = new Faults();
  const seen = new SeenRequests();
  const doors = new Doors();
  const api = new Api(world, options.secretKey, doors);
  const prepare = () => store.transact(() => putConfiguredEndpoint(world, options.webhook));
  const controls: Controls = {
    world,
    faults,
    seen,
    deliveries,
    due,
    doors,
    reset() {
      faults.clear();
      doors.clear();
      world.dashboard = defaultDashboard();
      seen.clear();
      deliveries.reset();
      world.forgetPlans();
      store.reset();
      world.clock.offsetMs = 0;
      prepare();
    },
  };
  const server = createServer((incoming, response) => {
    void serve(incoming, response).catch((error: unknown) => refuse(response, error));
  });
  // Longer than any client keeps a socket: nobody's next request meets a socket that is just being closed.
  server.keepAliveTimeout = 120_000;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { localPort } = incoming.socket;
    if (!isOwnHost(incoming.headers.host, localPort)) return refuseForeign(response);
    const request = await readRequest(incoming);
    due.run();
    if (request.path.startsWith("/v1/")) return serveApi({ api, faults, seen }, request, incoming, response);
    if (request.path.startsWith("/c/")) {
      const isPressed = request.method !== "GET" && request.method !== "HEAD";
      if (isPressed && !isOwnPage(incoming.headers, localPort)) return refuseForeign(response);
      return servePage(world, request, response);
    }
    if (request.path.startsWith("/_control/"))
      return serveControl(controls, options.secretKey, request, response);
    sendJson(response, 404, {
      error: { type: "invalid_request_error", message: "Unrecognized request URL" },
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  store.transact(() => moveTo(world, options.baseUrl ?? url));
  prepare();
  due.run();
  return {
    url,
    port,
    async close() {
      due.stop();
      deliveries.stop();
      faults.clear();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      store.close();
    },
  };
}

const configuredEndpoint = "we_configured";

function putConfiguredEndpoint(world: World, webhook: SandboxOptions["webhook"]): void {
  if (!webhook) {
    world.store.delete("webhook_endpoint", configuredEndpoint);
    return;
  }
  putEndpoint(world, {
    id: configuredEndpoint,
    url: webhook.url,
    enabledEvents: webhook.events ?? ["*"],
    description: "From the settings of this process",
    metadata: {},
    secrets: webhook.secret.split(",").map((secret) => secret.trim()),
  });
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop would cut the connection before the answer.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > largestBody) {
      throw new ApiError(413, { type: "invalid_request_error", message: "Request body too large" });
    }
    chunks.push(chunk);
  }
  const url = incoming.url ?? "/";
  const cut = url.indexOf("?");
  return {
    method: incoming.method ?? "GET",
    path: cut < 0 ? url : url.slice(0, cut),
    query: cut < 0 ? "" : url.slice(cut + 1),
    body: Buffer.concat(chunks).toString("utf8"),
    header(name) {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

async function serveControl(
  controls: Controls,
  secretKey: string,
  request: ApiRequest,
  response: ServerResponse,
): Promise<void> {
  const given = request.header("authorization") ?? "";
  if (!isEqual(given, `Bearer ${secretKey}`)) {
    return sendJson(response, 401, {
      error: { message: "Control calls need the secret key as a bearer token." },
    });
  }
  const answer = await answerControl(
    controls,
    request.method,
    request.path.slice("/_control/".length),
    request.body,
  );
  if (answer === null)
    return sendJson(response, 404, { error: { message: `No control call ${request.path}` } });
  sendJson(response, 200, answer.result);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    // What is left of a body that was not read is no next request.
    ...(status === 413 && { connection: "close" }),
  });
  response.end(body);
}

/** What a page elsewhere lets a browser ask here. */
function refuseForeign(response: ServerResponse): void {
  sendJson(response, 403, { error: { message: "Ask at the address of this server, from its own pages." } });
}

/** The last resort: refusals that no part answered itself, and our own bugs. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (error instanceof ApiError) {
    sendJson(response, error.status, { error: error.body });
    return;
  }
  console.error("local Stripe:", error);
  sendJson(response, 500, { error: { type: "api_error", message: String(error) } });
}
