"use server";

import { z } from "zod";
import { tellAddCard, tellCard } from "@/components/card/card-tell";
import { customerAction } from "@/lib/auth/action";
import { isUuid } from "@/lib/kernel/id";
import * as adding from "@/lib/portal/add-card";
import * as changing from "@/lib/portal/change-cards";

const uuid = z.string().refine(isUuid);

const CardInput = z.strictObject({ cardId: uuid });
const AddInput = z.strictObject({ formId: uuid });

export const addCard = customerAction(AddInput, async (actor, input) =>
  tellAddCard(await adding.addCard(actor, input)),
);

export const makeDefaultCard = customerAction(CardInput, async (actor, input) =>
  tellCard("madeDefault", await changing.makeDefaultCard(actor, input)),
);

export const removeCard = customerAction(CardInput, async (actor, input) =>
  tellCard("removed", await changing.removeCard(actor, input)),
);
