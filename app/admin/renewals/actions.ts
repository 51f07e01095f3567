"use server";

import { z } from "zod";
import * as renewals from "@/lib/admin/request-renewals";
import { staffAction } from "@/lib/auth/action";

const RunInput = z.strictObject({ isNow: z.literal(true) });

export const requestRenewals = staffAction("renewals.run", RunInput, (actor) =>
  renewals.requestRenewals(actor),
);
