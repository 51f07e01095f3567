"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { userAction } from "@/lib/auth/action";
import { chooseCustomer } from "@/lib/auth/current";
import { type CustomerId, isUuid } from "@/lib/kernel/id";
import { refuse } from "@/lib/kernel/result";

const SwitchInput = z.strictObject({ customerId: z.string().refine(isUuid) });

/** Acts for another of one's customers from here on; what is open is of the one before, so it leads to the start. */
export const switchCustomer = userAction(SwitchInput, async (user, { customerId }) => {
  if (!(await chooseCustomer(user, customerId as CustomerId))) return refuse({ code: "not_allowed" });
  redirect("/");
});
