import path from "node:path";
import { Worker } from "node:worker_threads";
import type { PaperJob } from "./draw";
import type { Paper } from "./shapes";

/** Papers that may wait for the thread, over everybody; one is some ten milliseconds, a very long one a second. */
const waitingMost = 32;
/** Papers that one person may have under way: somebody who asks for more gets them one after another. */
const ownMost = 4;
/** A paper that takes longer will never end. The thread is replaced. */
const patienceMs = 30_000;

/** More papers are asked for than can be drawn. Trying again in some seconds helps. */
export class PapersBusy extends Error {
  override readonly name = "PapersBusy";
}

interface Asked {
  job: PaperJob;
  askedBy: string;
  resolve: (paper: Paper) => void;
  reject: (error: Error) => void;
}

/**
 * Draws papers one after another in a thread of their own, so that pages never wait for one. What spoils a paper
 * (an exception that nobody catches, an endless loop) ends the thread and that one paper; the next gets a new thread.
 */
export class PaperThread {
  private readonly waiting: Asked[] = [];
  private current: { asked: Asked; patience: NodeJS.Timeout } | null = null;
  private worker: Worker | null = null;

  constructor(private readonly root: string) {}

  /** Throws PapersBusy if too many papers wait, or too many of this person's. */
  draw(job: PaperJob, askedBy: string): Promise<Paper> {
    const own = [...this.waiting, ...(this.current ? [this.current.asked] : [])];
    const isTooMuch = own.length >= waitingMost || own.filter((a) => a.askedBy === askedBy).length >= ownMost;
    if (isTooMuch) return Promise.reject(new PapersBusy("too many papers are asked for at once"));
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, askedBy, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.fail(new Error("the thread that draws papers was closed"));
    await worker?.terminate();
  }

  private next(): void {
    if (this.current) return;
    const asked = this.waiting.shift();
    if (!asked) {
      // A process that has nothing else to do may end.
      this.worker?.unref();
      return;
    }
    const worker = this.open();
    worker.ref();
    const patience = setTimeout(() => this.fail(new Error("a paper took too long to draw")), patienceMs);
    this.current = { asked, patience };
    try {
      worker.postMessage(asked.job);
    } catch (error) {
      this.answer({ fault: String(error) });
    }
  }

  private open(): Worker {
    if (this.worker) return this.worker;
    const file = path.join(/* turbopackIgnore: true */ this.root, "lib/paper/draw-thread.mjs");
    const worker = new Worker(file, { workerData: { root: this.root } });
    worker.on("message", (message) => {
      if (this.worker === worker && message !== "ready") this.answer(message);
    });
    const gone = (error: unknown) => {
      if (this.worker !== worker) return;
      this.fail(error instanceof Error ? error : new Error("the thread that draws papers ended"));
    };
    worker.on("error", gone);
    worker.on("exit", () => gone(null));
    this.worker = worker;
    return worker;
  }

  private answer({ paper, fault }: { paper?: Paper; fault?: string }): void {
    if (!this.current) return;
    const { asked, patience } = this.current;
    clearTimeout(patience);
    this.current = null;
    if (paper) asked.resolve(paper);
    else asked.reject(new Error(`a paper cannot be drawn: ${fault}`));
    this.next();
  }

  /** Ends the thread with the paper it was drawing; those that wait go on with a new one. */
  private fail(error: Error): void {
    const { worker, current } = this;
    this.worker = null;
    this.current = null;
    if (current) {
      clearTimeout(current.patience);
      current.asked.reject(error);
    }
    void worker?.terminate();
    this.next();
  }
}

const held = globalThis as { mallardPaperThread?: PaperThread };

/** By the one thread of this process (Next loads this module once for each of its bundles). */
export function drawPaper(job: PaperJob, askedBy: string): Promise<Paper> {
  held.mallardPaperThread ??= new PaperThread(process.cwd());
  return held.mallardPaperThread.draw(job, askedBy);
}
