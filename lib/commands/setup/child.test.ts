import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ChildSpec, runToEnd, supervise } from "./child";

function spec(script: string): ChildSpec & { said: string[] } {
  const logDir = mkdtempSync(path.join(tmpdir(), "mallard-child-"));
  onTestFinished(() => rmSync(logDir, { recursive: true, force: true }));
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  return {
    name: "part",
    args: ["-e", script],
    cwd: logDir,
    env: { ...process.env },
    logDir,
    show: "errors",
    say,
    said,
  };
}

const never = new AbortController().signal;
const stays =
  "setInterval(() => {}, 1000); process.on('SIGTERM', () => { console.log('asked'); process.exit(0); });";

test("a process that crashes is started again, and that is said", async () => {
  const part = spec(stays);
  const running = await supervise({ ...part, isReady: async () => true, signal: never });
  const first = running.pid() ?? 0;
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(running.pid()).not.toBe(first), { timeout: 20_000 });
  expect(part.said).toContain("[part] ended (SIGKILL); it is started again");
  await running.stop();
});

test("a process is asked to end before it is made to", async () => {
  const part = spec(`${stays} console.log("up");`);
  const log = () => readFileSync(path.join(part.logDir, "part.log"), "utf8");
  const isUp = async () => log().includes("up");
  const running = await supervise({ ...part, isReady: isUp, signal: never });
  await running.stop();
  await vi.waitFor(() => expect(log()).toContain("asked"));
});

test("a process that ends before it is ready fails the start with its last words", async () => {
  const part = spec("console.error('no such table'); process.exit(3)");
  const start = supervise({ ...part, isReady: async () => false, signal: never });
  await expect(start).rejects.toThrow(/no such table[\s\S]*The part ended at once \(3\)/);
});

test("a process started on behalf of an abandoned start is ended", async () => {
  const abandoned = new AbortController();
  const work = runToEnd(spec(stays), abandoned.signal);
  abandoned.abort(new Error("Ctrl-C"));
  await expect(work).rejects.toThrow("Ctrl-C");
});

test("a process that is asked nowhere is ready when it says so, and not before", async () => {
  const part = spec(`${stays} console.log("up"); process.send("a word"); process.send("ready");`);
  const running = await supervise({ ...part, isReady: null, signal: never });
  expect(readFileSync(path.join(part.logDir, "part.log"), "utf8")).toContain("up");
  await running.stop();
});

test("a process that ends without saying that it is ready fails the start", async () => {
  const start = supervise({ ...spec("process.send('a word')"), isReady: null, signal: never });
  await expect(start).rejects.toThrow("The part ended at once (0)");
});
