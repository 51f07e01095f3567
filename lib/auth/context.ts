import { type Database, openDatabase } from "@/db/client";
import { type Clock, systemClock } from "@/lib/kernel/clock";
import { fileClock } from "@/lib/kernel/file-clock";
import { parseSettings, type Settings } from "@/lib/kernel/settings";
import { webPoolSizes } from "./pool-sizes";

/** What a web process has once: its settings, its clock, and its connections in the two roles of pages. */
export interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  /** What bills, due dates and jobs go by: the same, but for the demo, whose time can be moved. Sessions do not go by it. */
  readonly billingClock: Clock;
  /** Customers' pages and signing in: sees the rows of the one customer that a transaction names. */
  readonly app: Database;
  /** The staff section, and the first admin. */
  readonly staff: Database;
}

const key = Symbol.for("mallard.context");

/**
 * The context of this process, made from its environment at the first use (a build imports pages without having
 * one). Kept on globalThis, since Next may load a module more than once. Throws SettingsError.
 */
export function context(): Context {
  const global = globalThis as { [key]?: Context };
  global[key] ??= openContext(parseSettings(process.env));
  return global[key];
}

/** A context of one's own, for tests; close its databases at the end. */
export function openContext(settings: Settings, clock: Clock = systemClock): Context {
  const { databaseUrls: urls, databasePoolSize } = settings;
  const sizes = webPoolSizes(databasePoolSize);
  return {
    settings,
    clock,
    billingClock: settings.timeMachine ? fileClock(settings.timeMachine.clockFile) : clock,
    app: openDatabase({ url: urls.app, role: "mallard_app", max: sizes.app }),
    staff: openDatabase({ url: urls.staff, role: "mallard_staff", max: sizes.staff }),
  };
}
