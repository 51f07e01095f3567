import { connect, createServer } from "node:net";
import { SetupFault } from "./terminal.mjs";

const oldestNode = [20, 20];

export function refuseOldNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupFault(
    `This is Node ${version}: install Node ${oldestNode.join(".")} or newer (https://nodejs.org).`,
  );
}

/**
 * Asked before anything else, since all else takes minutes on a fresh machine. What is not a number is left to
 * the settings, which name every wrong variable at once.
 * @param {string | undefined} given
 */
export async function refusePortInUse(given) {
  const port = Number(given?.trim() || 3000);
  if (!Number.isInteger(port) || port <= 0 || port > 65_535) return;
  const fault = (await answers(port)) ? "EADDRINUSE" : await cannotListen(port);
  if (fault === null) return;
  if (fault === "EACCES") {
    throw new SetupFault(
      `Port ${port} may only be opened by root: choose one above 1023 with PORT, as PORT=3000.`,
    );
  }
  throw new SetupFault(
    `Port ${port} is in use: stop the program that uses it, or choose another with PORT, as PORT=${port === 3000 ? 3001 : 3000}.`,
  );
}

/** Some systems let two programs listen on one port if their addresses differ: so it is also called. */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 1000 });
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
  });
}

/** @returns {Promise<string | null>} */
function cannotListen(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => resolve(error.code ?? "EADDRINUSE"));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(null)));
  });
}
