import type { FaultKind, FaultOrder, FaultState } from "@/lib/sandbox/control";
import { newId } from "@/lib/sandbox/state/new-id";

interface Fault {
  id: string;
  order: FaultOrder;
  left: number;
  skipLeft: number;
  struck: number;
  waiting: Array<() => void>;
}

/** A fault that strikes this request; hangs wait for their release. */
export interface Strike {
  kind: FaultKind;
  /** Resolves when the hang is released. */
  released(): Promise<void>;
}

/** What tests have ordered to go wrong. */
export class Faults {
  #faults: Fault[] = [];
  #watchers: Array<{ count: number; resolve: () => void }> = [];

  set(order: FaultOrder): string {
    const id = newId("fault_", 8);
    const times = order.times ?? 1;
    const left = times === "until_cleared" ? Number.POSITIVE_INFINITY : times;
    this.#faults.push({ id, order, left, skipLeft: order.skip ?? 0, struck: 0, waiting: [] });
    return id;
  }

  /** The first fault that this request meets, if any. */
  strike(method: string, path: string): Strike | null {
    for (const fault of this.#faults) {
      const { order } = fault;
      const meets = (!order.method || order.method === method) && path.startsWith(order.path ?? "/v1/");
      if (!meets || fault.left <= 0) continue;
      if (fault.skipLeft > 0) {
        fault.skipLeft -= 1;
        continue;
      }
      fault.left -= 1;
      fault.struck += 1;
      return { kind: order.kind, released: () => this.#hang(fault) };
    }
    return null;
  }

  states(): FaultState[] {
    return this.#faults.map(({ id, order, struck, waiting }) => ({
      ...order,
      id,
      struck,
      waiting: waiting.length,
    }));
  }

  /** Lets what hangs go on; returns how many. */
  release(): number {
    const waiting = this.#faults.flatMap((fault) => fault.waiting.splice(0));
    for (const resolve of waiting) resolve();
    return waiting.length;
  }

  clear(): void {
    this.release();
    this.#faults = [];
  }

  /** Resolves as soon as this many requests hang. */
  untilHanging(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ count, resolve });
      this.#tellWatchers();
    });
  }

  #hang(fault: Fault): Promise<void> {
    return new Promise((resolve) => {
      fault.waiting.push(resolve);
      this.#tellWatchers();
    });
  }

  #tellWatchers(): void {
    const hanging = this.#faults.reduce((sum, fault) => sum + fault.waiting.length, 0);
    const happy = this.#watchers.filter((watcher) => watcher.count <= hanging);
    this.#watchers = this.#watchers.filter((watcher) => watcher.count > hanging);
    for (const { resolve } of happy) resolve();
  }
}
