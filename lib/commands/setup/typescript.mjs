import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./terminal.mjs";

let registered = false;

/** Imports a TypeScript module of the checkout into this process; the packages must be installed. */
export async function loadTypeScript(file) {
  if (!registered) {
    const { register } = await import("tsx/esm/api");
    process.env.TSX_TSCONFIG_PATH = path.join(root, "tsconfig.json");
    register();
    registered = true;
  }
  return import(pathToFileURL(path.join(root, file)).href);
}
