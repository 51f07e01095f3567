"use server";

import { z } from "zod";
import { tellLink } from "@/components/payment/link-tell";
import { linkAction } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as portal from "@/lib/portal/pay-by-link";

const uuid = z.string().refine(isUuid);
const minor = z.string().regex(/^[0-9]{1,15}$/);

const PayByLinkInput = z.strictObject({
  token: z.string().max(100),
  paymentId: uuid,
  invoiceIds: z.array(uuid).max(1000),
  plan: z.strictObject({ balanceMinor: minor, cardMinor: minor, excessMinor: minor }),
  useBalance: z.boolean(),
});

export const payByLink = linkAction(PayByLinkInput, async (_visitor, input) =>
  tellLink(await portal.payByLink(input)),
);
