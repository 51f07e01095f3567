"use server";

import { z } from "zod";
import * as prices from "@/lib/admin/plan-price";
import * as settings from "@/lib/admin/plan-settings";
import { staffAction } from "@/lib/auth/action";
import { isUuid, type PlanId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";

const PriceInput = z.strictObject({
  planKey: z.string().max(200),
  currency: z.string().length(3),
  price: z.string().max(100),
  from: z.string().max(20),
  /** What the preview was made over. */
  seen: z.string().max(20_000),
});

export const setPrice = staffAction("plan.change", PriceInput, async (actor, input) => {
  const answer = await prices.setPrice(actor, input);
  if (!answer.ok) return answer;
  // Amounts are bigint, and a form's state tells none of them.
  return ok(null);
});

const typed = z.string().max(200);
const SettingsInput = z.strictObject({
  planId: z
    .string()
    .refine(isUuid)
    .transform((text) => text as PlanId),
  leadDays: typed,
  graceDays: typed,
  terminateDays: typed,
  ownGraceDays: typed,
  reminderDays: typed,
  /** What the form was filled from. */
  seen: z.string().max(500),
});

export const changePlanSettings = staffAction("plan.change", SettingsInput, (actor, input) =>
  settings.changePlanSettings(actor, input),
);
