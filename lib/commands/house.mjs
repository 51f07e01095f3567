// `npm run house`: dependency-cruiser over everything of ours, with the floors of .dependency-cruiser.cjs.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup/terminal.mjs";

const require = createRequire(import.meta.url);

// dependency-cruiser reads TypeScript by swc here (TypeScript 7 has no parser for other programs), but never tells
// swc that a .tsx file has markup in it. It calls this very object, so that is said in its place.
const swc = require("@swc/core");
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: /x$/.test(file) });

// Another folder than the checkout only when the rules themselves are tested.
process.chdir(process.argv[2] ?? root);
process.argv.splice(2);
const folders = ["app", "components", "db", "lib", "e2e"].filter((folder) => existsSync(folder));
process.argv.push(...folders, "--config", path.join(root, ".dependency-cruiser.cjs"));
const program = path.join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
await import(pathToFileURL(program).href);
