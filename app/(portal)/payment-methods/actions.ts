"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { tellAddCard, tellCard } from "@/components/card/card-tell";
import { customerAction, visitorAddress } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as adding from "@/lib/portal/add-card";
import * as autoPay from "@/lib/portal/auto-pay";
import * as autoTopUp from "@/lib/portal/auto-top-up";
import * as changing from "@/lib/portal/change-cards";

const uuid = z.string().refine(isUuid);

const CardInput = z.strictObject({ cardId: uuid });
const AutoPayInput = z.strictObject({ cardId: uuid.nullable() });
const typed = z.string().max(200);
const TopUpInput = z.strictObject({
  currency: z.string().max(3),
  threshold: typed,
  amount: typed,
  monthlyCap: typed,
});
const OffInput = z.strictObject({ currency: z.string().max(3) });
const AddInput = z.strictObject({ formId: uuid });

export const addCard = customerAction(AddInput, async (actor, input) =>
  tellAddCard(await adding.addCard(actor, { ...input, address: await visitorAddress() })),
);

export const makeDefaultCard = customerAction(CardInput, async (actor, input) =>
  tellCard(
    "madeDefault",
    await changing.makeDefaultCard(actor, { ...input, address: await visitorAddress() }),
  ),
);

export const removeCard = customerAction(CardInput, async (actor, input) =>
  tellCard("removed", await changing.removeCard(actor, input)),
);

export const switchAutoPay = customerAction(AutoPayInput, async (actor, input) => {
  const answer = await autoPay.switchAutoPay(actor, { ...input, address: await visitorAddress() });
  if (answer.ok) revalidatePath("/payment-methods");
  return answer;
});

export const setAutoTopUp = customerAction(TopUpInput, async (actor, { currency, ...settings }) => {
  const answer = await autoTopUp.setAutoTopUp(actor, {
    ...{ currency, settings, address: await visitorAddress() },
  });
  if (answer.ok) revalidatePath("/payment-methods");
  return answer;
});

export const turnOffAutoTopUp = customerAction(OffInput, async (actor, { currency }) => {
  const answer = await autoTopUp.setAutoTopUp(actor, { currency, settings: null });
  if (answer.ok) revalidatePath("/payment-methods");
  return answer;
});
