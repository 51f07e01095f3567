"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { tellOutcome } from "@/components/payment/pay-tell";
import { tellServiceCancelled, tellServiceKept } from "@/components/service/end-tell";
import { customerAction, visitorAddress } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as ending from "@/lib/portal/cancel-service";
import * as grace from "@/lib/portal/own-grace";
import * as puttingBack from "@/lib/portal/put-renewal-back";
import * as renewing from "@/lib/portal/renew-now";
import * as portal from "@/lib/portal/switch-auto-renew";

const SwitchInput = z.strictObject({ serviceId: z.string().refine(isUuid), isAutoRenew: z.boolean() });

export const switchAutoRenew = customerAction(SwitchInput, async (actor, input) => {
  const answer = await portal.switchAutoRenew(actor, input);
  if (answer.ok) revalidatePath("/services");
  return answer;
});

const minor = z.string().regex(/^[0-9]{1,15}$/);

const RenewInput = z.strictObject({
  serviceId: z.string().refine(isUuid),
  terms: z.int().min(1).max(renewing.termsMost),
  paymentId: z.string().refine(isUuid),
  how: z.enum(["balance", "combined", "direct"]),
  plan: z.strictObject({ balanceMinor: minor, cardMinor: minor, excessMinor: minor }),
  cardId: z.string().refine(isUuid).nullish(),
  savesCard: z.boolean().optional(),
});

export const renewNow = customerAction(RenewInput, async (actor, input) =>
  tellOutcome(await renewing.renewNow(actor, { ...input, address: await visitorAddress() })),
);

const ServiceInput = z.strictObject({ serviceId: z.string().refine(isUuid) });

export const cancelService = customerAction(ServiceInput, async (actor, input) =>
  tellServiceCancelled(await ending.cancelService(actor, input)),
);

export const keepService = customerAction(ServiceInput, async (actor, input) =>
  tellServiceKept(await ending.keepService(actor, input)),
);

export const putRenewalBack = customerAction(ServiceInput, async (actor, input) => {
  const answer = await puttingBack.putRenewalBack(actor, input);
  if (answer.ok) revalidatePath("/services");
  return answer;
});

export const takeOwnGrace = customerAction(ServiceInput, async (actor, input) => {
  const answer = await grace.takeOwnGrace(actor, input);
  if (answer.ok) revalidatePath("/services");
  return answer;
});
