"use server";

import { z } from "zod";
import * as holds from "@/lib/admin/hold-suspension";
import * as keeping from "@/lib/admin/keep-service";
import * as puttingBack from "@/lib/admin/put-renewal-back";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, isUuid, type ServiceId } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);

const HoldInput = z.strictObject({
  customerId: uuid.transform((text) => text as CustomerId),
  serviceId: uuid.transform((text) => text as ServiceId),
  /** "" ends a hold. */
  until: z
    .string()
    .max(40)
    .transform((text) => text || null),
  reason: z.string().max(2000),
});

export const holdSuspension = staffAction("suspension.hold", HoldInput, (actor, input) =>
  holds.holdSuspension(actor, input),
);

const PutBackInput = HoldInput.omit({ until: true });

export const keepServiceByStaff = staffAction("service.keep", PutBackInput, (actor, input) =>
  keeping.keepService(actor, input),
);

export const putRenewalBackByStaff = staffAction("renewal.put_back", PutBackInput, (actor, input) =>
  puttingBack.putRenewalBack(actor, input),
);
