import type { Gateway } from "@/lib/gateway/port";
import { type CustomerId, fillIdsOf, type PaymentId } from "@/lib/kernel/id";
import type { FaultKind } from "@/lib/sandbox/control";
import type { Cast, Draft, SimulatedCustomer } from "./cast";
import { type Blow, Died } from "./fate";
import { Mortal, type MortalOptions } from "./mortal";
import type { Random } from "./random";
import type { Stage } from "./stage";
import { Tally } from "./tally";
import { Trail } from "./trail";

/** Something that must never be. */
export interface Violated {
  readonly step: number;
  readonly rule: string;
  readonly detail: string;
}

/** One seed's world as it goes on, and what is known of it. */
export class Simulation {
  readonly operations = new Tally();
  readonly faults = new Tally();
  readonly trail = new Trail();
  readonly violations: Violated[] = [];
  /** Every click that was made, oldest first. */
  readonly drafts: Draft[] = [];
  /** Intents that wait for the customer's answer, or for a delayed method's end. */
  readonly waitingIntents: { id: string; for: "authentication" | "settlement" }[] = [];
  /** Payments whose page was paid after its expiry: the only ones that may end otherwise and yet have been paid. */
  readonly paidAfterExpiry = new Set<PaymentId>();
  /** What the mail server took, by the mail's own id. */
  readonly mails = new Map<string, string>();
  /** Of the pay links that stand in mails that were taken, the tokens; oldest first. */
  readonly mailedTokens = new Set<string>();
  webhooks: "hold" | "deliver" | "drop" | "down" = "hold";
  /** Faults that the local Stripe was told of and that were not cleared yet. */
  readonly armed: FaultKind[] = [];
  /** When missed events were last read back for certain. */
  readBackAt: Date;
  /** When Stripe's lists were last gone through for certain. */
  reconciledAt: Date;
  /** Disputes of which no event ever reaches anybody, by Stripe's ids. */
  readonly unheard = new Set<string>();
  /** Charges past the portal, by Stripe's ids. */
  readonly strangers = new Set<string>();
  step = 0;
  /** Chance is drawn from here alone. */
  readonly random: Random;

  constructor(
    readonly stage: Stage,
    readonly cast: Cast,
    random: Random,
  ) {
    this.random = random.fork("steps");
    this.readBackAt = stage.world.clock.now();
    this.reconciledAt = this.readBackAt;
  }

  get customers(): readonly SimulatedCustomer[] {
    return this.cast.customers;
  }

  /** What is called hangs while a hang is armed: then nobody waits for long. */
  gateway(): Gateway {
    const hangs = this.armed.some((kind) => kind.startsWith("hang"));
    return hangs ? this.stage.impatient : this.stage.world.gateway;
  }

  violate(rule: string, detail: string): void {
    this.violations.push({ step: this.step, rule, detail });
    this.trail.add(`   VIOLATED ${rule}: ${detail}`);
  }
}

/** A use case that did not return: its process died, or its database failed it. */
export type Lost = { readonly lost: "died" | "failed" };

/** One step: what it does, in which processes, and whose books it may have moved. */
export class Turn {
  readonly touched = new Set<CustomerId>();
  /** There was nothing to do it with. */
  isIdle = false;
  readonly #mortals: Mortal[] = [];
  readonly #notes: string[] = [];

  constructor(
    readonly simulation: Simulation,
    readonly operation: string,
    /** How much goes wrong with the processes of this step; 0 is nothing. */
    readonly harm: number,
  ) {}

  get random(): Random {
    return this.simulation.random;
  }

  get stage(): Stage {
    return this.simulation.stage;
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  idle(): void {
    this.isIdle = true;
  }

  touch(customers: readonly { customerId: CustomerId }[]): void {
    for (const { customerId } of customers) this.touched.add(customerId);
  }

  touchAll(): void {
    this.touch(this.simulation.customers);
  }

  /** A process for this step, with whatever fate chance gives it. */
  mortal(options: MortalOptions = {}): Mortal {
    const { random, simulation } = this;
    const blow = random.weighted<Blow | null>([
      [100 - 22 * this.harm, null],
      [12 * this.harm, "death"],
      [6 * this.harm, "cut"],
      [4 * this.harm, "deadlock"],
    ]);
    const isAtStripe = blow === "death" && random.chance(0.35);
    const doom = blow && { blow, isAtStripe, at: random.int(isAtStripe ? 4 : random.chance(0.7) ? 8 : 25) };
    const isSkewed = random.chance(0.03 * this.harm);
    const skewMs = isSkewed ? random.pick([-86_400_000, -3_600_000, 600_000, 86_400_000]) : 0;
    const mortal = new Mortal(this.stage.world, {
      doom,
      skewMs,
      gateway: simulation.gateway(),
      ...options,
    });
    if (isSkewed) {
      simulation.faults.add("clock of a process is off");
      fillIdsOf(mortal.world.clock, random.fill);
    }
    this.#mortals.push(mortal);
    return mortal;
  }

  /** Runs a use case in a process. What a struck process throws is its loss; anything else that is thrown is a bug. */
  async within<T>(mortal: Mortal, work: (world: Mortal["world"]) => Promise<T>): Promise<T | Lost> {
    try {
      const value = await work(mortal.world);
      // What a dead process answers reaches nobody.
      return mortal.isDead ? { lost: "died" } : value;
    } catch (error) {
      if (error instanceof Died || mortal.isDead) return { lost: "died" };
      // A transaction is begun again after a deadlock; nobody hears of it.
      if (mortal.struck?.blow === "cut") return { lost: "failed" };
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.simulation.violate("a use case answers and does not throw", `${this.operation}: ${text}`);
      return { lost: "failed" };
    }
  }

  /** A fault that a job has kept to itself: right where something struck, a bug otherwise. */
  fault(error: unknown): string {
    if (this.#mortals.some(({ struck }) => struck)) return "fault";
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.simulation.violate("a use case answers and does not throw", `${this.operation}: ${text}`);
    return "fault";
  }

  /** When all is over: what struck is counted, and the line of the step is written. */
  async end(): Promise<void> {
    const { simulation } = this;
    for (const mortal of this.#mortals) {
      await mortal.settled();
      if (!mortal.struck) continue;
      const { blow, point } = mortal.struck;
      const words = { death: "process dies", cut: "connection cut", deadlock: "deadlock" } as const;
      simulation.faults.add(`${words[blow]} ${point}`);
      this.#notes.push(`[${words[blow]} ${point}]`);
    }
    const at = this.stage.world.clock.now().toISOString().slice(5, 19);
    simulation.trail.add(`${simulation.step} ${at} ${this.operation}: ${this.#notes.join(" ")}`);
  }
}

export function isLost(value: unknown): value is Lost {
  return typeof value === "object" && value !== null && "lost" in value;
}
