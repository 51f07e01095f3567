import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Bounce } from "./read-bounce";

/** What was read of a message; `reason` is why it cannot be. */
export type Reading = { kind: "read"; bounce: Bounce | null } | { kind: "unreadable"; reason: string };

/** Messages that may wait for the thread; a real report takes some hundredths of a second. */
const waitingMost = 32;
/** A message that takes longer was written to take long. The thread is replaced. */
const patienceMs = 5_000;
const memoryMegabytes = 256;

/** More reports came than can be read. Whoever hands them in does so again. */
export class ReadingBusy extends Error {
  override readonly name = "ReadingBusy";
}

/**
 * Reads reports of mails that did not arrive, one after another in a thread of their own: anybody may write to the
 * address that they come to, and some messages take minutes or all memory to read.
 */
export class ReadingThread {
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();
  private opened: Promise<Worker> | null = null;

  constructor(
    private readonly root: string,
    private readonly patience = patienceMs,
  ) {}

  /** Throws ReadingBusy, and what keeps the thread from starting. */
  read(raw: Uint8Array): Promise<Reading> {
    if (this.waiting >= waitingMost) return Promise.reject(new ReadingBusy("too many reports came at once"));
    this.waiting += 1;
    const reading = this.last.then(() => this.readNow(raw));
    this.last = reading.then(
      () => this.done(),
      () => this.done(),
    );
    return reading;
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = null;
    await (await opened?.catch(() => null))?.terminate();
  }

  private done(): void {
    this.waiting -= 1;
  }

  private async readNow(raw: Uint8Array): Promise<Reading> {
    this.opened ??= openWorker(this.root);
    const worker = await this.opened.catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    worker.ref();
    const reading = await answerOf(worker, raw, this.patience);
    if (reading) {
      // A process that has nothing else to do may end.
      worker.unref();
      return reading;
    }
    this.opened = null;
    await worker.terminate();
    return { kind: "unreadable", reason: "it takes too long or too much memory to read" };
  }
}

function openWorker(root: string): Promise<Worker> {
  const file = path.join(/* turbopackIgnore: true */ root, "lib/mail/read-thread.mjs");
  const worker = new Worker(file, {
    workerData: { root },
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
  });
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve(worker));
    worker.on("error", reject);
    worker.once("exit", () => reject(new Error("the thread that reads reports did not start")));
  });
}

/** Null if the thread has ended over it, or would have to. */
function answerOf(worker: Worker, raw: Uint8Array, patience: number): Promise<Reading | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), patience);
    const settle = (reading: Reading | null) => {
      clearTimeout(timer);
      worker.off("message", heard);
      worker.off("exit", gone);
      resolve(reading);
    };
    const heard = ({ bounce = null, fault }: { bounce?: Bounce | null; fault?: string }) =>
      settle(fault === undefined ? { kind: "read", bounce } : { kind: "unreadable", reason: fault });
    const gone = () => settle(null);
    worker.on("message", heard);
    worker.on("exit", gone);
    worker.postMessage(raw);
  });
}

const held = globalThis as { mallardReadingThread?: ReadingThread };

/** By the one thread of this process (Next loads this module once for each of its bundles). */
export function readInThread(raw: Uint8Array): Promise<Reading> {
  held.mallardReadingThread ??= new ReadingThread(process.cwd());
  return held.mallardReadingThread.read(raw);
}
