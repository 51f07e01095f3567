// The thread that draws papers. It is plain JavaScript, so that it starts from a bundle, from tsx and from a test alike.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

process.env.TSX_TSCONFIG_PATH = path.join(workerData.root, "tsconfig.json");
register();
const { draw } = await import(pathToFileURL(path.join(workerData.root, "lib/paper/draw.ts")).href);

parentPort.on("message", async (job) => {
  try {
    parentPort.postMessage({ paper: await draw(job) });
  } catch (error) {
    parentPort.postMessage({
      fault: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
parentPort.postMessage("ready");
