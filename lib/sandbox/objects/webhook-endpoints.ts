import type Stripe from "stripe";
import { noSuch } from "@/lib/sandbox/http/api-error";
import { listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  flag,
  list,
  metadata,
  oneOf,
  type ParametersOf,
  pageUrl,
  required,
  text,
  unsettable,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { newId } from "@/lib/sandbox/state/new-id";
import { apiVersion, type World } from "@/lib/sandbox/world";

interface NewEndpoint {
  id: string;
  url: string;
  enabledEvents: string[];
  description: string | null;
  metadata: Record<string, string>;
  /** More than one while a secret is being rotated: everything is signed with each. */
  secrets: string[];
}

/** Puts an endpoint, in place of one with the same id. */
export function putEndpoint(world: World, made: NewEndpoint): Stripe.WebhookEndpoint {
  const endpoint = {
    id: made.id,
    object: "webhook_endpoint",
    api_version: apiVersion,
    application: null,
    created: world.clock.nowSeconds(),
    description: made.description,
    enabled_events: made.enabledEvents,
    livemode: false,
    metadata: made.metadata,
    status: "enabled",
    url: made.url,
  } satisfies Stripe.WebhookEndpoint;
  world.store.put("webhook_endpoint", endpoint);
  world.store.put("$endpoint_secret", { id: made.id, secrets: made.secrets });
  return endpoint;
}

function endpointOf(world: World, id: string): Stripe.WebhookEndpoint {
  const endpoint = world.store.get("webhook_endpoint", id);
  if (!endpoint) throw noSuch("webhook endpoint", id, "webhook_endpoint");
  return endpoint;
}

export const webhookEndpointRoutes: readonly Route[] = [
  route(
    "POST",
    "/v1/webhook_endpoints",
    {
      api_version: oneOf(apiVersion),
      description: unsettable(text()),
      enabled_events: required(list(text())),
      metadata: metadata(),
      url: required(pageUrl()),
    } satisfies ParametersOf<Stripe.WebhookEndpointCreateParams>,
    (world, given) => {
      const secret = newId("whsec_", 32);
      const endpoint = putEndpoint(world, {
        id: newId("we_", 24),
        url: given.url,
        enabledEvents: given.enabled_events,
        description: given.description ?? null,
        metadata: changedMetadata({}, given.metadata),
        secrets: [secret],
      });
      // The secret is told once, at creation.
      return { ...endpoint, secret };
    },
  ),

  route("GET", "/v1/webhook_endpoints", pageParameters, (world, given) =>
    listPage(world, "webhook_endpoint", given, { url: "/v1/webhook_endpoints" }),
  ),

  route("GET", "/v1/webhook_endpoints/:id", {}, (world, _given, id = "") => endpointOf(world, id)),

  route(
    "POST",
    "/v1/webhook_endpoints/:id",
    {
      description: unsettable(text()),
      disabled: flag(),
      enabled_events: list(text()),
      metadata: metadata(),
      url: pageUrl(),
    } satisfies ParametersOf<Stripe.WebhookEndpointUpdateParams>,
    (world, given, id = "") => {
      const before = endpointOf(world, id);
      return world.store.put("webhook_endpoint", {
        ...before,
        description: given.description === undefined ? before.description : given.description,
        enabled_events: given.enabled_events ?? before.enabled_events,
        metadata: changedMetadata(before.metadata, given.metadata),
        status: given.disabled === undefined ? before.status : given.disabled ? "disabled" : "enabled",
        url: given.url ?? before.url,
      });
    },
  ),

  route("DELETE", "/v1/webhook_endpoints/:id", {}, (world, _given, id = "") => {
    endpointOf(world, id);
    world.store.delete("webhook_endpoint", id);
    world.store.delete("$endpoint_secret", id);
    return { id, object: "webhook_endpoint", deleted: true } satisfies Stripe.DeletedWebhookEndpoint;
  }),
];
