import type Stripe from "stripe";
import { invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import { flag, list, type ParametersOf, text } from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import type { EventRow } from "@/lib/sandbox/state/tables";

export const eventRoutes: readonly Route[] = [
  route("GET", "/v1/events/:id", {}, (world, _given, id = "") => {
    const event = world.store.get("event", id);
    if (!event) throw noSuch("event", id);
    return event;
  }),

  route(
    "GET",
    "/v1/events",
    {
      ...pageParameters,
      created: createdRange(),
      delivery_success: flag(),
      type: text(),
      types: list(text()),
    } satisfies ParametersOf<Stripe.EventListParams>,
    (world, given) => {
      if (given.type !== undefined && given.types !== undefined) {
        throw invalidRequest("You may only specify one of these parameters: type, types.");
      }
      if (given.types && given.types.length > 20) {
        throw invalidRequest("You can specify at most 20 event types.", { param: "types" });
      }
      const types = given.type === undefined ? given.types : [given.type];
      const [only] = types ?? [];
      return listPage(world, "event", given, {
        url: "/v1/events",
        by: types?.length === 1 && only && !only.includes("*") ? { field: "type", value: only } : undefined,
        created: given.created,
        matches: (event) =>
          (types === undefined || types.some((type) => isOfType(event, type))) &&
          (given.delivery_success === undefined || (event.pending_webhooks === 0) === given.delivery_success),
      });
    },
  ),
];

/** `charge.*` stands for every event about charges. */
function isOfType(event: EventRow, type: string): boolean {
  return type.endsWith("*") ? event.type.startsWith(type.slice(0, -1)) : event.type === type;
}
