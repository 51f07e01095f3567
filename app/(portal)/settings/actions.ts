"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { locales } from "@/app/messages/locale";
import { logAccess } from "@/lib/auth/access-log";
import { customerAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import * as portal from "@/lib/portal/change-company";
import * as main from "@/lib/portal/main-address";

const CompanyInput = z.strictObject({
  name: z.string().max(1000),
  address: z.string().max(2000),
  taxId: z.string().max(200),
  locale: z.enum(locales),
});
const address = z.string().max(254);
const MainInput = z.strictObject({ email: address, seen: address });
const RecipientsInput = z.strictObject({ recipients: z.string().max(5000) });

export const changeCompany = customerAction(CompanyInput, async (actor, input) => {
  const answer = await portal.changeCompany(actor, {
    ...input,
    hostName: context().settings.hostName,
  });
  if (answer.ok) revalidatePath("/settings");
  return answer;
});

export const changeRecipients = customerAction(RecipientsInput, async (actor, input) => {
  const answer = await portal.changeRecipients(actor, input);
  if (answer.ok) revalidatePath("/settings");
  return answer;
});

export const changeMainAddress = customerAction(MainInput, async (actor, input) => {
  const answer = await main.changeMainAddress(actor, input);
  revalidatePath("/settings");
  return logAccess("main_address_changed", actor, { change: input.email }, answer);
});
