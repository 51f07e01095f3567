// Preloaded into every process that the supervisor starts: when the supervisor hangs up, or is gone however it
// went, the process ends as if it had been asked to, and by force if it does not. Works the same on Windows,
// which has no signals.
import { isMainThread } from "node:worker_threads";

const patienceMs = 10_000;

// A worker that Next forks inherits this preload, but its channel is Next's own affair.
const isOurs = process.env.FOLLOWS_PROCESS === String(process.ppid);

if (isMainThread && isOurs && process.channel !== undefined) {
  process.on("disconnect", () => {
    if (process.listenerCount("SIGTERM") === 0) process.exit(143);
    setTimeout(() => process.exit(143), patienceMs).unref();
    process.emit("SIGTERM", "SIGTERM");
  });
  // Listening must not keep a process alive whose work is done.
  process.channel.unref();
}
