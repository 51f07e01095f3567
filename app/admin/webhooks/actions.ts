"use server";

import { revalidatePath } from "next/cache";
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

export const addEndpoint = staffAction("webhook.change", EndpointInput, async (actor, input) => {
  const answer = await webhooks.addEndpoint(actor, input);
  if (answer.ok) revalidatePath("/admin/webhooks");
  return answer;
});

export const renewEndpointSecret = staffAction("webhook.change", EndInput, async (actor, input) => {
  const answer = await webhooks.renewEndpointSecret(actor, input);
  if (answer.ok) revalidatePath("/admin/webhooks");
  return answer;
});

export const disableEndpoint = staffAction("webhook.change", EndInput, async (actor, input) => {
  const answer = await webhooks.disableEndpoint(actor, input);
  if (answer.ok) revalidatePath("/admin/webhooks");
  return answer;
});

export const replayDelivery = staffAction("webhook.replay", ReplayInput, async (actor, input) => {
  const answer = await webhooks.replayDelivery(actor, input);
  if (answer.ok) revalidatePath("/admin/webhooks");
  return answer;
});
