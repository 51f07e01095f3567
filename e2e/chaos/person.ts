import type { PayOrder } from "@/lib/sandbox/control";
import type { SimulatedCustomer } from "@/lib/testing/simulator/cast";
import { openInvoices, servicesIn, sessions } from "@/lib/testing/simulator/lookups";
import { draftOf, topUpDraft } from "@/lib/testing/simulator/operations/draft";
import type { Random } from "@/lib/testing/simulator/random";
import { type Simulation, Turn } from "@/lib/testing/simulator/simulation";
import type { Act } from "./acts";
import type { Household } from "./household";
import { pause } from "./killable";

/** What may be heard from a process whose database or Stripe is just being killed. */
const expected =
  /CONNECTION_|ECONN|EPIPE|57P0|08006|08003|08001|terminat|shutting down|starting up|recovery mode|timeout|fetch failed|not yet accepting|other side closed/i;

/** Pages on which there is nothing left to do. */
const paid = new Set<string>();

/** Somebody who pays, looks, cancels; and now and then what the host does. Goes on whatever fails. */
export class Person {
  readonly #simulation: Simulation;
  readonly #household: Household;
  readonly #random: Random;

  constructor(simulation: Simulation, household: Household, random: Random) {
    this.#simulation = simulation;
    this.#household = household;
    this.#random = random;
  }

  async actUntil(until: number): Promise<void> {
    while (Date.now() < until) {
      try {
        await this.#actOnce();
      } catch (error) {
        this.#heard(error);
        await pause(200);
      }
    }
  }

  async #actOnce(): Promise<void> {
    const random = this.#random;
    const customer = random.pick(this.#simulation.customers);
    const what = random.weighted([
      [40, "pay"],
      [25, "page"],
      [12, "top up"],
      [10, "go on"],
      [5, "cancel"],
      [20, "host"],
    ] as const);
    if (what === "pay" || what === "top up") return this.#pay(customer, what);
    if (what === "page") return this.#visitPage();
    if (what === "go on") return this.#goOn();
    if (what === "cancel") return this.#cancel(customer);
    return this.#host(customer);
  }

  async #pay(customer: SimulatedCustomer, what: "pay" | "top up"): Promise<void> {
    const turn = new Turn(this.#simulation, what, 0);
    const draft = await (what === "pay" ? draftOf(turn, customer) : topUpDraft(turn, customer));
    const times = this.#random.chance(0.2) ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.#do({ what: "send", draft })));
  }

  async #visitPage(): Promise<void> {
    const found = await sessions(this.#simulation.stage);
    const open = found.filter(
      ({ state, sessionId }) => !["failed", "canceled", "expired"].includes(state) && !paid.has(sessionId),
    );
    if (open.length === 0) return this.#host(this.#random.pick(this.#simulation.customers));
    const { sessionId } = this.#random.pick(open);
    const order = this.#random.weighted<PayOrder>([
      [70, { card: "4242424242424242" }],
      [15, { card: "4000000000000002" }],
      [10, { card: "4000002500003155", authentication: "approve" }],
      [5, { method: "alipay", authorization: "approve" }],
    ]);
    const { intentStatus } = await this.#simulation.stage.control
      .pay(sessionId, order)
      .catch((error: Error) => {
        if (!error.message.includes("The local Stripe refused")) throw error;
        return { intentStatus: "refused" };
      });
    if (intentStatus === "succeeded" || intentStatus === "refused") paid.add(sessionId);
    this.#simulation.operations.add(`page: ${intentStatus}`);
  }

  async #goOn(): Promise<void> {
    const drafts = this.#simulation.drafts.slice(-20);
    if (drafts.length === 0) return;
    const { customer, input } = this.#random.pick(drafts);
    const what = this.#random.pick(["resume", "abandon", "return page"] as const);
    await this.#do({ what, actor: customer.actor, paymentId: input.paymentId });
  }

  async #cancel({ actor, customerId }: SimulatedCustomer): Promise<void> {
    const open = await openInvoices(this.#simulation.stage, customerId);
    if (open.length > 0) await this.#do({ what: "cancel", actor, invoiceId: this.#random.pick(open).id });
  }

  async #host({ actor, customerId, currency }: SimulatedCustomer): Promise<void> {
    const random = this.#random;
    const what = random.pick(["order", "renewal", "renewal", "invoice", "goodwill"] as const);
    if (what === "order") {
      const planId = random.pick(this.#simulation.cast.plans);
      return this.#do({ what, customerId, planId, currency, isAutoRenew: random.chance(0.6) });
    }
    if (what !== "renewal") return this.#do({ what, actor, currency, amount: random.between(1, 3_000) });
    const running = await servicesIn(this.#simulation.stage, ["active"]);
    if (running.length === 0) return;
    const { customerId: whose, serviceId } = random.pick(running);
    await this.#do({ what, customerId: whose, serviceId });
  }

  /** Asks the web process; what it throws of itself is a fault of ours. */
  async #do(act: Act): Promise<void> {
    const response = await fetch(this.#household.webUrl, {
      method: "POST",
      body: JSON.stringify(act),
      signal: AbortSignal.timeout(30_000),
    });
    const said = await response.text();
    this.#simulation.operations.add(act.what);
    if (response.ok) return;
    this.#heard(new Error(`${act.what}: ${said}`));
  }

  #heard(error: unknown): void {
    const { message, cause } = error as Error;
    const text = `${message} ${cause instanceof Error ? cause.message : ""} ${(error as { code?: string }).code ?? ""}`;
    this.#simulation.faults.add("nobody answers");
    if (!expected.test(text)) this.#simulation.violate("a use case answers and does not throw", text);
  }
}
