import { Webhook, WebhookVerificationError } from "standardwebhooks";

/** What a panel does of a service. */
export type Standing = "running" | "stopped" | "removed";

export interface KnownService {
  readonly label: string;
  /** The customer's reference at the host. */
  readonly customer: string;
  readonly plan: string;
  readonly standing: Standing;
  /** When what is known of it happened: an older event changes nothing any more. */
  readonly knownAt: Date;
}

/** By the service's id. */
export type Services = Map<string, KnownService>;

/** An event as the portal sends it; those of an invoice name an invoiceId instead. */
export interface HostEvent {
  readonly type: string;
  /** When it happened, which may be long before it arrives. */
  readonly timestamp: string;
  readonly data: {
    readonly serviceId?: string;
    readonly label?: string;
    readonly customer: string;
    readonly plan?: string;
    /** The invoice's number. */
    readonly number?: string;
  };
}

/** What became of an event that came: three answers of 204, and one of 401. */
export type Received =
  | { readonly kind: "applied" | "not_for_us" | "older"; readonly event: HostEvent }
  | { readonly kind: "not_signed"; readonly event: null };

/** Events that say how a service stands; all others leave it as it is. */
const standingAfter: Readonly<Record<string, Standing>> = {
  "service.activated": "running",
  // Whatever was paid for runs, from grace or suspension too.
  "service.renewed": "running",
  "service.resumed": "running",
  "service.suspended": "stopped",
  "service.terminated": "removed",
  "service.canceled": "removed",
};

/**
 * Takes one event as a host's own control panel does: an example to begin from. Answer 2xx once what it says is kept,
 * and within 15 seconds; anything else is sent again for three days, and the later events of that service wait behind it.
 * `body` is the request's own bytes as text: what is signed is not what JSON.parse makes of it.
 */
export function receiveEvent(
  services: Services,
  secret: string,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string },
): Received {
  // 1. Only the portal knows the secret. Whoever cannot sign, or repeats an old request, is refused.
  let event: HostEvent;
  try {
    event = new Webhook(secret).verify(body, headers) as HostEvent;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { kind: "not_signed", event: null };
    throw error;
  }
  const { serviceId, label = "", customer, plan = "" } = event.data;
  const standing = standingAfter[event.type];
  if (!serviceId || !standing) return { kind: "not_for_us", event };
  // 2. Events of one service come in their order, each at least once. One that staff send again may be older.
  const knownAt = new Date(event.timestamp);
  const known = services.get(serviceId);
  if (known && known.knownAt > knownAt) return { kind: "older", event };
  // 3. To set the same twice is to set it once. Here a real panel starts, stops or removes the machine.
  services.set(serviceId, { label, customer, plan, standing, knownAt });
  return { kind: "applied", event };
}
