import type { World } from "@/lib/billing/world";
import type { Gateway } from "@/lib/gateway/port";
import type { Clock } from "@/lib/kernel/clock";
import type { TestWorld } from "../world";
import { eachCall } from "./each-call";
import { type Blow, Died, type Doom, type Fated, type Point } from "./fate";
import { mortalDatabase } from "./mortal-database";
import type { Gate } from "./turns";

/** What a mortal process runs in. */
export interface MortalWorld extends TestWorld {
  /** Ends a session of the database and returns when it is gone. */
  terminate(pid: number): Promise<unknown>;
}

export interface MortalOptions {
  readonly doom?: Doom | null;
  readonly gate?: Gate;
  /** How far its clock is ahead. Milliseconds. */
  readonly skewMs?: number;
  readonly gateway?: Gateway;
}

/**
 * One process of the portal: the world's own use cases run in it, and it ends where its doom says, between any two
 * statements or calls, from outside of the code that runs. What it held of the database goes back as PostgreSQL takes
 * it back from a process that is gone.
 */
export class Mortal implements Fated {
  readonly world: World & { readonly staff: TestWorld["staff"] };
  /** Where the doom struck, if it did. */
  struck: { blow: Blow; point: Point } | null = null;
  readonly #doom: Doom | null;
  readonly #gate: Gate;
  #passed = 0;
  #unsettled: Promise<unknown>[] = [];

  constructor(world: MortalWorld, options: MortalOptions = {}) {
    this.#doom = options.doom ?? null;
    this.#gate = options.gate ?? (async () => undefined);
    const { app, jobs, staff, terminate } = world;
    this.world = {
      ...world,
      app: mortalDatabase(app, this, terminate),
      jobs: mortalDatabase(jobs, this, terminate),
      staff: mortalDatabase(staff, this, terminate),
      gateway: mortalGateway(options.gateway ?? world.gateway, this),
      clock: skewed(world.clock, options.skewMs ?? 0),
    };
  }

  get isDead(): boolean {
    return this.struck?.blow === "death";
  }

  /** The doom of the point that is reached now; null where nothing happens. */
  pass(point: Point): Blow | null {
    if (this.isDead) return "death";
    if (this.#doom === null || this.struck) return null;
    if (this.#doom.isAtStripe && !point.endsWith("Stripe")) return null;
    this.#passed += 1;
    if (this.#passed <= this.#doom.at) return null;
    const { blow } = this.#doom;
    if (!canStrike(blow, point)) return null;
    this.struck = { blow, point };
    return blow;
  }

  gate(): Promise<void> {
    return this.isDead ? Promise.resolve() : this.#gate();
  }

  /** What has to be over before the next step: the database's own cleaning up. */
  owes(work: Promise<unknown>): void {
    this.#unsettled.push(work.catch(() => undefined));
  }

  async settled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }
}

function canStrike(blow: Blow, point: Point): boolean {
  if (blow === "death") return true;
  if (blow === "deadlock") return point === "before a statement";
  return !point.endsWith("Stripe") && point !== "before a transaction";
}

function skewed(clock: Clock, skewMs: number): Clock {
  return skewMs === 0 ? clock : { now: () => new Date(clock.now().getTime() + skewMs) };
}

function mortalGateway(gateway: Gateway, mortal: Mortal): Gateway {
  return eachCall(gateway, async (work) => {
    await mortal.gate();
    if (mortal.pass("before a call to Stripe") === "death") throw new Died();
    const outcome = await work();
    if (mortal.pass("after a call to Stripe") === "death") throw new Died();
    return outcome;
  });
}
