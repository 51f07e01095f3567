"use server";

import { z } from "zod";
import * as webhooks from "@/lib/admin/webhooks";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, isUuid } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);

const EndpointInput = z.strictObject({ url: z.string().max(4000), note: z.string().max(1000).default("") });
const EndInput = z.strictObject({ endpointId: uuid });
const ReplayInput = z.strictObject({
  customerId: uuid.transform((text) => text as CustomerId),
  deliveryId: uuid,
});

export const addEndpoint = staffAction("webhook.change", EndpointInput, (actor, input) =>
  webhooks.addEndpoint(actor, input),
);

export const renewEndpointSecret = staffAction("webhook.change", EndInput, (actor, input) =>
  webhooks.renewEndpointSecret(actor, input),
);

export const disableEndpoint = staffAction("webhook.change", EndInput, (actor, input) =>
  webhooks.disableEndpoint(actor, input),
);

export const replayDelivery = staffAction("webhook.replay", ReplayInput, (actor, input) =>
  webhooks.replayDelivery(actor, input),
);
