"use server";

import { z } from "zod";
import { tellTopUp } from "@/components/payment/top-up-tell";
import { customerAction, visitorAddress } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as portal from "@/lib/portal/top-up";

const uuid = z.string().refine(isUuid);

const TopUpInput = z.strictObject({
  paymentId: uuid,
  currency: z.string().max(3),
  amount: z.string().max(200),
  invoiceId: uuid.nullable(),
  cardId: uuid.nullish(),
  savesCard: z.boolean().optional(),
});

export const topUp = customerAction(TopUpInput, async (actor, input) =>
  tellTopUp(await portal.topUp(actor, { ...input, address: await visitorAddress() })),
);
