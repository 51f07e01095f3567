import type { Received, Services } from "./receive-event";

/** What came, the newest first. */
export interface Arrival {
  readonly at: Date;
  readonly became: Received["kind"] | "was_down";
  readonly event: Received["event"];
}

/** What the panel knows: all of it in memory. */
export interface PanelState {
  readonly startedAt: Date;
  readonly services: Services;
  readonly arrivals: Arrival[];
  isDown: boolean;
}
