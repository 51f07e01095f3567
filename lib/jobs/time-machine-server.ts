import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { writeLog } from "@/lib/kernel/log";
import { type Movable, type Move, moves, moveTime, type Passed } from "./time-machine";

/** What the machine says of itself, as JSON. */
interface State {
  now: Date;
  /** Where a move that is under way began; null if none is. */
  movingFrom: Date | null;
  /** What became of the last one. */
  passed: Passed | null;
  /** The last one ended by a fault; the clock stands where it was then. */
  hasFailed: boolean;
}

/**
 * The time machine of the demo, on this machine only: GET / says how it stands, POST /day, /week and /event move the
 * clock. One move at a time: another one is refused with 409.
 */
export async function startTimeMachine(
  movable: Movable,
  port: number,
): Promise<{ readonly url: string; isMoving(): boolean; close(): Promise<void> }> {
  const { clock } = movable.tools.world;
  const state: Omit<State, "now"> = { movingFrom: null, passed: null, hasFailed: false };
  const begin = (move: Move) => {
    state.movingFrom = clock.now();
    state.hasFailed = false;
    moveTime(movable, move)
      .then(
        (passed) => {
          state.passed = passed;
        },
        (error: unknown) => {
          state.hasFailed = true;
          const message = error instanceof Error ? error.message : "fault";
          writeLog("error", "time_machine_failed", { message });
        },
      )
      .finally(() => {
        state.movingFrom = null;
      });
  };
  const server = createServer((request, response) => {
    if (!isOurPortal(request)) return answer(response, 403, {});
    const move = moves.find((each) => request.url === `/${each}`);
    if (request.method === "GET" && request.url === "/")
      return answer(response, 200, { now: clock.now(), ...state });
    if (request.method !== "POST" || !move) return answer(response, 404, {});
    if (state.movingFrom) return answer(response, 409, {});
    begin(move);
    answer(response, 202, { now: clock.now(), ...state });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isMoving: () => state.movingFrom !== null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The portal asks from its own server. A browser says where a request comes from (Origin, Sec-Fetch-Site) or, of a page
 * whose name only resolves to this machine, another host: no page moves the clock past the portal.
 */
function isOurPortal({ headers, socket }: IncomingMessage): boolean {
  const isNamed =
    headers.host === `127.0.0.1:${socket.localPort}` || headers.host === `localhost:${socket.localPort}`;
  // Node's own fetch says a mode, and never from which site.
  return isNamed && headers.origin === undefined && headers["sec-fetch-site"] === undefined;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
