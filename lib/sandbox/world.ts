import { inEachCurrency, type SettlesIn } from "@/lib/sandbox/objects/settlement";
import { DueHeap } from "@/lib/sandbox/state/due-heap";
import { newId } from "@/lib/sandbox/state/new-id";
import type { Store } from "@/lib/sandbox/state/store";
import type { StripeObject, Task } from "@/lib/sandbox/state/tables";
import type { VirtualClock } from "@/lib/sandbox/state/virtual-clock";

/** The one version that stripe-node 23.1 speaks; the local Stripe speaks no other. */
export const apiVersion = "2026-10-28.endive";

const dayMs = 86_400_000;

/** So long Stripe's balance transactions are behind, unless it is set otherwise. */
export const balanceDelayMs = 1_000;

/** Events are kept for thirty days and idempotency keys for one, as at Stripe. */
export const eventLifeMs = 30 * dayMs;
export const keyLifeMs = dayMs;

/** A task without its id. */
type NewTask = Task extends infer T ? (T extends Task ? Omit<T, "id"> : never) : never;

/** Settings of the Dashboard, and the host's money there, that what is not said in a request follows. */
export interface Dashboard {
  /** New accounts have it switched on. */
  adaptivePricing: boolean;
  /** The methods that pages offer where the currency fits: cards always, and Link by itself. */
  methods: readonly string[];
  /** Refunds wait until the host's balance covers them. */
  refundsLackFunds: boolean;
}

export function defaultDashboard(): Dashboard {
  const methods = ["card", "sepa_debit", "us_bank_account", "alipay", "link"];
  return { adaptivePricing: true, methods, refundsLackFunds: false };
}

/** The request that is being worked on; events name it. */
export interface RequestMark {
  id: string;
  idempotencyKey: string | null;
}

/** Everything that the objects' own code needs: state, time, what is due, and events. */
export class World {
  readonly store: Store;
  readonly clock: VirtualClock;
  /** Where the hosted pages are, e.g. `http://127.0.0.1:4242`. */
  baseUrl = "";
  /** How long a bank debit takes. */
  delayedMs = 3 * dayMs;
  settlesIn: SettlesIn = inEachCurrency;
  /** The host's account: the keys of another one see nothing of this. */
  accountId = "acct_local";
  /** How long after a charge or a refund its balance transaction comes: asynchronous capture, as Stripe has it by default. */
  balanceDelayMs = balanceDelayMs;
  /** What the host can switch in Stripe's Dashboard. */
  dashboard: Dashboard = defaultDashboard();
  /** Null while a customer acts on a page, or a task runs. */
  request: RequestMark | null = null;
  readonly #due = new DueHeap();
  #onPlan: () => void = () => {};

  constructor(store: Store, clock: VirtualClock) {
    this.store = store;
    this.clock = clock;
    clock.offsetMs = store.get("$meta", "clock")?.offsetMs ?? 0;
    for (const task of store.table("$task").oldestFirst()) this.#due.push(task);
  }

  /** Whoever runs due tasks wants to know when one is planned. */
  onPlan(listener: () => void): void {
    this.#onPlan = listener;
  }

  /** Plans a task; it is kept with the rest of the state. */
  plan(task: NewTask): Task {
    const planned: Task = { ...task, id: newId("task_", 16) };
    this.store.put("$task", planned);
    this.#due.push(planned);
    this.#onPlan();
    return planned;
  }

  /** Plans it anew, at another time. */
  replan(task: Task): void {
    this.store.put("$task", task);
    this.#due.push(task);
    this.#onPlan();
  }

  nextDueMs(): number | null {
    return this.#due.peek()?.dueMs ?? null;
  }

  /** Takes the first task that is due by now, or null. It stays in the state until it is done. */
  takeDue(): Task | null {
    for (let due = this.#due.peek(); due && due.dueMs <= this.clock.nowMs(); due = this.#due.peek()) {
      this.#due.pop();
      const task = this.store.get("$task", due.id);
      // Tasks that were dropped or planned anew leave their old place in the heap behind.
      if (task && task.dueMs === due.dueMs) return task;
    }
    return null;
  }

  /** Puts a new event into the log and plans its deliveries; `before` is the version that a change replaced. */
  emit(type: string, object: StripeObject, before?: StripeObject): void {
    const nowMs = this.clock.nowMs();
    const endpoints = [...this.store.table("webhook_endpoint").oldestFirst()].filter(
      (endpoint) =>
        endpoint.status === "enabled" &&
        (endpoint.enabled_events.includes("*") || endpoint.enabled_events.includes(type)),
    );
    const event = this.store.put("event", {
      id: newId("evt_", 24),
      object: "event",
      api_version: apiVersion,
      created: Math.floor(nowMs / 1000),
      data: { object, ...(before ? { previous_attributes: difference(before, object) } : {}) },
      livemode: false,
      pending_webhooks: endpoints.length,
      request: { id: this.request?.id ?? null, idempotency_key: this.request?.idempotencyKey ?? null },
      type,
    });
    for (const { id } of endpoints) {
      this.plan({ kind: "deliver", dueMs: nowMs, event: event.id, endpoint: id, attempt: 1, firstMs: nowMs });
    }
    this.#forgetOldEvents(nowMs);
  }

  /** Remembers how far the clock was advanced. */
  keepClock(): void {
    this.store.put("$meta", { id: "clock", offsetMs: this.clock.offsetMs });
  }

  forgetPlans(): void {
    this.#due.clear();
  }

  #forgetOldEvents(nowMs: number): void {
    const old: string[] = [];
    for (const event of this.store.table("event").oldestFirst()) {
      if (event.created * 1000 > nowMs - eventLifeMs || old.length === 100) break;
      old.push(event.id);
    }
    for (const id of old) this.store.delete("event", id);
  }
}

/** The fields that changed, as they were. */
function difference(before: StripeObject, after: StripeObject): Record<string, unknown> {
  const changed = Object.entries(before).filter(
    ([field, was]) => JSON.stringify(was) !== JSON.stringify(after[field as keyof StripeObject]),
  );
  return Object.fromEntries(changed);
}
