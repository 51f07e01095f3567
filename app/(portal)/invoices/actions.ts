"use server";

import { z } from "zod";
import { tellCancelled } from "@/components/invoice/cancel-tell";
import { tellAbandoned, tellOutcome, tellPart } from "@/components/payment/pay-tell";
import { customerAction, visitorAddress } from "@/lib/auth/action";
import { type InvoiceId, isUuid, type PaymentId } from "@/lib/kernel/id";
import * as cancelling from "@/lib/portal/cancel-invoice";
import * as payLinks from "@/lib/portal/invoice-pay-link";
import * as portal from "@/lib/portal/pay";
import { previewPlan } from "@/lib/portal/preview-plan";

const paymentId = z
  .string()
  .refine(isUuid)
  .transform((text) => text as PaymentId);
const invoiceId = z
  .string()
  .refine(isUuid)
  .transform((text) => text as InvoiceId);
const invoiceIds = z.array(invoiceId).max(1000);
const minor = z.string().regex(/^[0-9]{1,15}$/);
const plan = z.strictObject({ balanceMinor: minor, cardMinor: minor, excessMinor: minor });

const card = { cardId: z.string().refine(isUuid).nullish(), savesCard: z.boolean().optional() };

const PayInput = z.strictObject({ paymentId, invoiceIds, plan });
const PayDirectInput = z.strictObject({ paymentId, invoiceIds, plan, ...card });
const PayCombinedInput = z.strictObject({
  paymentId,
  invoiceIds,
  plan,
  ...card,
  useBalance: z.union([z.literal("all"), minor]),
});
const PartInput = z.strictObject({ invoiceIds, currency: z.string().max(3), part: z.string().max(200) });
const CancelInput = z.strictObject({ invoiceId });
const PayLinkInput = z.strictObject({ invoiceId });
const PaymentInput = z.strictObject({ paymentId });

export const payDirect = customerAction(PayDirectInput, async (actor, input) =>
  tellOutcome(await portal.payDirect(actor, { ...input, address: await visitorAddress() })),
);

export const payFromBalance = customerAction(PayInput, async (actor, input) =>
  tellOutcome(await portal.payFromBalance(actor, input)),
);

export const payCombined = customerAction(PayCombinedInput, async (actor, input) =>
  tellOutcome(await portal.payCombined(actor, { ...input, address: await visitorAddress() })),
);

export const previewPart = customerAction(PartInput, (actor, input) =>
  tellPart(input, (useBalance) => previewPlan(actor, { invoiceIds: input.invoiceIds, useBalance })),
);

export const resumePayment = customerAction(PaymentInput, async (actor, input) =>
  tellOutcome(await portal.resumePayment(actor, input)),
);

export const abandonPayment = customerAction(PaymentInput, async (actor, input) =>
  tellAbandoned(await portal.abandonPayment(actor, input)),
);

export const cancelInvoice = customerAction(CancelInput, async (actor, input) =>
  tellCancelled(await cancelling.cancelInvoice(actor, input)),
);

export const renewPayLink = customerAction(PayLinkInput, (actor, input) =>
  payLinks.renewPayLink(actor, input),
);
