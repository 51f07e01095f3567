import { settledCharge } from "@/lib/sandbox/objects/charges";
import { expireSession } from "@/lib/sandbox/objects/checkout-outcome";
import { settleDelayed } from "@/lib/sandbox/objects/confirm-intent";
import { settledRefund, settleRefund } from "@/lib/sandbox/objects/refunds";
import type { Task } from "@/lib/sandbox/state/tables";
import type { Deliveries } from "@/lib/sandbox/webhooks/deliveries";
import type { World } from "@/lib/sandbox/world";

/** The clock is looked at this often even when nothing seems due: a clock from outside may have jumped. */
const lookAgainMs = 30_000;

/** Runs what happens by itself: sessions expire, delayed payments settle, refunds fail, webhooks go out. */
export class DueTasks {
  readonly #world: World;
  readonly #deliveries: Deliveries;
  #timer: NodeJS.Timeout | null = null;
  #armedForMs = 0;
  #stopped = false;

  constructor(world: World, deliveries: Deliveries) {
    this.#world = world;
    this.#deliveries = deliveries;
    world.onPlan(() => this.#arm());
    this.#arm();
  }

  /** Does everything that is due by now; deliveries are begun. */
  run(): void {
    for (let task = this.#world.takeDue(); task; task = this.#world.takeDue()) this.#do(task);
    this.#arm();
  }

  /** Moves the clock on, from one due task to the next, so that each happens at its own time. */
  async advance(ms: number): Promise<void> {
    const { clock, store } = this.#world;
    const untilMs = clock.nowMs() + ms;
    for (;;) {
      this.run();
      await this.#deliveries.quiet();
      const nextMs = this.#world.nextDueMs();
      if (nextMs === null || nextMs > untilMs) break;
      clock.advanceTo(nextMs);
    }
    clock.advanceTo(untilMs);
    store.transact(() => this.#world.keepClock());
    this.run();
  }

  /** Resolves when nothing is due and no delivery is under way. */
  async idle(): Promise<void> {
    do {
      this.run();
      await this.#deliveries.quiet();
    } while ((this.#world.nextDueMs() ?? Number.POSITIVE_INFINITY) <= this.#world.clock.nowMs());
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #do(task: Task): void {
    const world = this.#world;
    if (task.kind === "deliver") {
      this.#deliveries.take(task);
      return;
    }
    world.store.transact(() => {
      world.store.delete("$task", task.id);
      if (task.kind === "expire_session") {
        const session = world.store.get("checkout.session", task.session);
        if (session?.status === "open") expireSession(world, session);
      } else if (task.kind === "settle_intent") {
        const intent = world.store.get("payment_intent", task.intent);
        if (intent) settleDelayed(world, intent, task.outcome);
      } else if (task.kind === "book_charge") {
        settledCharge(world, task.charge);
      } else if (task.kind === "book_refund") {
        settledRefund(world, task.refund);
      } else {
        const refund = world.store.get("refund", task.refund);
        if (refund) settleRefund(world, refund, task.outcome);
      }
    });
  }

  #arm(): void {
    if (this.#stopped) return;
    const nowMs = this.#world.clock.nowMs();
    const atMs = Math.min(nowMs + lookAgainMs, this.#world.nextDueMs() ?? Number.POSITIVE_INFINITY);
    if (this.#timer && this.#armedForMs <= atMs && this.#armedForMs > nowMs) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#armedForMs = atMs;
    this.#timer = setTimeout(
      () => {
        // It is spent, also where the clock says that it came a millisecond early: then another is set.
        this.#timer = null;
        this.run();
      },
      Math.max(0, atMs - nowMs),
    );
    // The server keeps the process alive, not its timers.
    this.#timer.unref();
  }
}
