// The thread that reads reports of mail servers. It is plain JavaScript, so that it starts from a bundle, from tsx and
// from a test alike.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

process.env.TSX_TSCONFIG_PATH = path.join(workerData.root, "tsconfig.json");
register();
const { readBounce } = await import(
  pathToFileURL(path.join(workerData.root, "lib/mail/read-bounce.ts")).href
);

parentPort.on("message", async (raw) => {
  try {
    parentPort.postMessage({ bounce: await readBounce(Buffer.from(raw)) });
  } catch (error) {
    parentPort.postMessage({ fault: error instanceof Error ? error.message : "something else was thrown" });
  }
});
parentPort.postMessage("ready");
