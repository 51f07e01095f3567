import type { Database } from "@/db/client";
import type { Gateway } from "@/lib/gateway/port";
import type { Clock } from "@/lib/kernel/clock";
import type { PurposeKey } from "@/lib/kernel/purpose-key";

/** What the rules stand on: everything that is not decided by their arguments. Tests bring their own. */
export interface World {
  /** As mallard_app: one customer's rows, for what customers do. */
  readonly app: Database;
  /** As mallard_jobs: for settling, whoever asks for it, and for the worker. */
  readonly jobs: Database;
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** The host's billing time zone. */
  readonly timeZone: string;
  /** Begins every idempotency key, so that two installations on one Stripe account do not meet. */
  readonly environment: string;
  /** Where customers come back to from Stripe. */
  readonly portalUrl: string;
  /** Signs pay links. All keys: `purposeKeys`. */
  readonly payLinkKey: PurposeKey;
  /** Seals the secrets of endpoints. */
  readonly endpointKey: PurposeKey;
  /** Makes the links that set a new password. */
  readonly resetKey: PurposeKey;
  /** The demo's own control panel: the one address of this machine that events may be sent to. Elsewhere there is none. */
  readonly panelOrigin?: string | null;
}
