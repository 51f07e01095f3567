"use server";

import { z } from "zod";
import * as host from "@/lib/admin/host-settings";
import * as payouts from "@/lib/admin/payout-limit";
import * as tax from "@/lib/admin/tax-points";
import { staffAction } from "@/lib/auth/action";

const text = z.string().max(2000);

const HostInput = z.strictObject({
  version: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  host_name: text,
  host_address: text,
  host_tax_id: text,
  bank_account_holder: text,
  bank_account: text,
  bank_bic: text,
  bank_name: text,
  logo: z.file().optional(),
  removeLogo: z.literal("yes").optional(),
});

const PayoutInput = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  amount: z.string().max(40),
  seen: z.string().max(40),
});

const TaxPointInput = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/),
  point: z.enum(tax.taxPoints),
  seen: z.enum(tax.taxPoints),
});

export const changeTaxPoint = staffAction("host.change", TaxPointInput, async (actor, input) => {
  const answer = await tax.changeTaxPoint(actor, input);
  return answer;
});

export const changePayoutLimit = staffAction("host.change", PayoutInput, async (actor, input) => {
  const answer = await payouts.changePayoutLimit(actor, input);
  return answer;
});

export const changeHost = staffAction("host.change", HostInput, async (actor, input) => {
  const { version, logo, removeLogo, ...values } = input;
  const bytes = logo && logo.size > 0 ? new Uint8Array(await logo.arrayBuffer()) : null;
  const answer = await host.changeHostSettings(actor, {
    version,
    values,
    logo: bytes ?? (removeLogo ? "remove" : "keep"),
  });
  return answer;
});
