import type Stripe from "stripe";
import type { HeldWebhook, WebhookState } from "@/lib/sandbox/control";
import type { EventRow, Task } from "@/lib/sandbox/state/tables";
import { signatureHeader } from "@/lib/sandbox/webhooks/signature";
import type { World } from "@/lib/sandbox/world";

type Delivery = Extract<Task, { kind: "deliver" }>;

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Waits between the attempts; the last one repeats, until three days have passed since the first attempt. */
const backoffMs = [10 * secondMs, minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 5 * hourMs, 10 * hourMs];
const givesUpAfterMs = 72 * hourMs;

/** How long an endpoint may take to answer, in real time. */
const answerWithinMs = 20 * secondMs;

/** How many deliveries are under way at once. */
const atOnce = 32;

/** Sends events to the endpoints: signed, at least once, in no promised order, again and again for three days. */
export class Deliveries {
  readonly #world: World;
  readonly #stopped = new AbortController();
  readonly #queue: Delivery[] = [];
  readonly #held: string[] = [];
  #mode: WebhookState["mode"] = "deliver";
  #types: string[] | null = null;
  #copies = 1;
  #underWay = 0;
  #attempts = 0;
  #lastStatus: number | null = null;
  #waitingForQuiet: Array<() => void> = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes a delivery whose time has come. */
  take(task: Delivery): void {
    const event = this.#world.store.get("event", task.event);
    const applies = event !== undefined && (this.#types === null || this.#types.includes(event.type));
    if (applies && this.#mode === "hold") this.#held.push(task.id);
    else if (applies && this.#mode === "drop") this.#forget(task);
    else if (applies && this.#mode === "lose") this.#delivered(task);
    else this.#queue.push(task);
    this.#pump();
  }

  /** Resolves when nothing is under way. */
  quiet(): Promise<void> {
    if (this.#underWay === 0 && this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForQuiet.push(resolve));
  }

  setMode(mode: WebhookState["mode"], types: string[] | null): void {
    this.#mode = mode;
    this.#types = types;
    if (mode !== "deliver") return;
    this.#copies = 1;
    for (const id of this.#held.splice(0)) this.#takeHeld(id);
  }

  setCopies(copies: number): void {
    this.#copies = copies;
  }

  held(): HeldWebhook[] {
    return this.#held.flatMap((id) => {
      const task = this.#deliveryOf(id);
      const event = task && this.#world.store.get("event", task.event);
      return event ? [{ eventId: event.id, type: event.type, objectId: event.data.object.id }] : [];
    });
  }

  /** Sends held events one after another; resolves when each has been answered. */
  async release(order: readonly string[] | null, copies: number): Promise<void> {
    const eventIds = order ?? this.held().map((each) => each.eventId);
    for (const eventId of eventIds) {
      const at = this.#held.findIndex((id) => this.#deliveryOf(id)?.event === eventId);
      const task = at < 0 ? null : this.#deliveryOf(this.#held[at] ?? "");
      if (!task) throw new Error(`No held webhook for ${eventId}`);
      this.#held.splice(at, 1);
      await this.#attempt(task, copies, true);
    }
  }

  /** Sends one event to all its endpoints now, whatever the mode. */
  async resend(event: EventRow, times: number): Promise<void> {
    const endpoints = [...this.#world.store.table("webhook_endpoint").oldestFirst()];
    const sent = endpoints.flatMap((endpoint) =>
      Array.from({ length: times }, () => this.#send(event, endpoint)),
    );
    await Promise.all(sent);
  }

  /** Sends bytes that no event of this Stripe's has, well signed; the answers' statuses, null for none. */
  async sendRaw(body: string): Promise<(number | null)[]> {
    const statuses: (number | null)[] = [];
    for (const endpoint of this.#world.store.table("webhook_endpoint").oldestFirst()) {
      await this.#post(body, endpoint);
      statuses.push(this.#lastStatus);
    }
    return statuses;
  }

  state(): WebhookState {
    const planned = [...this.#world.store.table("$task").oldestFirst()].filter(
      (task) => task.kind === "deliver",
    );
    const busy = this.#underWay + this.#queue.length;
    return {
      mode: this.#mode,
      types: this.#types,
      copies: this.#copies,
      busy,
      waiting: Math.max(0, planned.length - busy - this.#held.length),
      held: this.#held.length,
      attempts: this.#attempts,
      lastStatus: this.#lastStatus,
    };
  }

  reset(): void {
    this.#queue.length = 0;
    this.#held.length = 0;
    this.#mode = "deliver";
    this.#types = null;
    this.#copies = 1;
    this.#attempts = 0;
    this.#lastStatus = null;
  }

  /** Breaks off what is under way; it is sent again after a restart. */
  stop(): void {
    this.#queue.length = 0;
    this.#stopped.abort();
  }

  #pump(): void {
    while (this.#underWay < atOnce && this.#queue.length > 0) {
      const task = this.#queue.shift();
      if (!task) break;
      void this.#attempt(task, this.#copies, false).then(() => this.#pump());
    }
    if (this.#underWay > 0 || this.#queue.length > 0) return;
    for (const resolve of this.#waitingForQuiet.splice(0)) resolve();
  }

  async #attempt(task: Delivery, copies: number, evenIfDown: boolean): Promise<void> {
    this.#underWay += 1;
    try {
      const event = this.#world.store.get("event", task.event);
      const endpoint = this.#world.store.get("webhook_endpoint", task.endpoint);
      if (!event || endpoint?.status !== "enabled") {
        this.#forget(task);
        return;
      }
      const isDown = this.#mode === "down" && !evenIfDown;
      const sent = isDown
        ? [false]
        : await Promise.all(Array.from({ length: copies }, () => this.#send(event, endpoint)));
      if (this.#stopped.signal.aborted || !this.#deliveryOf(task.id)) return;
      if (sent.includes(true)) this.#delivered(task);
      else this.#planAgain(task);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #send(event: EventRow, endpoint: Stripe.WebhookEndpoint): Promise<boolean> {
    // Stripe's payloads are indented: an endpoint that parses and prints again before it verifies fails here too.
    return this.#post(JSON.stringify(event, null, 2), endpoint);
  }

  async #post(payload: string, endpoint: Stripe.WebhookEndpoint): Promise<boolean> {
    const secrets = this.#world.store.get("$endpoint_secret", endpoint.id)?.secrets ?? [];
    this.#attempts += 1;
    try {
      const response = await fetch(endpoint.url, {
        method: "POST",
        body: payload,
        redirect: "manual",
        signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerWithinMs)]),
        headers: {
          "content-type": "application/json; charset=utf-8",
          "stripe-signature": signatureHeader(payload, secrets, Math.floor(Date.now() / 1000)),
          "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
      });
      await response.arrayBuffer();
      this.#lastStatus = response.status;
      return response.ok;
    } catch {
      this.#lastStatus = null;
      return false;
    }
  }

  #delivered(task: Delivery): void {
    const { store } = this.#world;
    store.transact(() => {
      const event = store.get("event", task.event);
      if (event) store.put("event", { ...event, pending_webhooks: Math.max(0, event.pending_webhooks - 1) });
      store.delete("$task", task.id);
    });
  }

  #planAgain(task: Delivery): void {
    const nowMs = this.#world.clock.nowMs();
    const waitMs = backoffMs[Math.min(task.attempt, backoffMs.length) - 1] ?? hourMs;
    if (nowMs + waitMs > task.firstMs + givesUpAfterMs) {
      this.#forget(task);
      return;
    }
    const next = { ...task, attempt: task.attempt + 1, dueMs: nowMs + waitMs };
    this.#world.store.transact(() => this.#world.replan(next));
  }

  #forget(task: Delivery): void {
    if (!this.#deliveryOf(task.id)) return;
    this.#world.store.transact(() => this.#world.store.delete("$task", task.id));
  }

  #deliveryOf(id: string): Delivery | null {
    const task = this.#world.store.get("$task", id);
    return task?.kind === "deliver" ? task : null;
  }

  #takeHeld(id: string): void {
    const task = this.#deliveryOf(id);
    if (task) this.take(task);
  }
}
