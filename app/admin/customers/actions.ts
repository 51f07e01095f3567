"use server";

import { getLocale, getTimeZone, getTranslations } from "next-intl/server";
import { z } from "zod";
import { withAmounts } from "@/app/admin/with-amounts";
import { formatDay } from "@/components/ui/dates";
import * as notes from "@/lib/admin/add-note";
import * as goodwill from "@/lib/admin/change-goodwill";
import * as mail from "@/lib/admin/change-main-address";
import * as stuck from "@/lib/admin/complete-again";
import * as sessions from "@/lib/admin/end-sessions";
import * as payouts from "@/lib/admin/pay-out-balance";
import * as payLinks from "@/lib/admin/renew-pay-link";
import * as logins from "@/lib/admin/switch-login";
import * as invoice from "@/lib/admin/void-invoice";
import { logAccess } from "@/lib/auth/access-log";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, type InvoiceId, isUuid, type UserId } from "@/lib/kernel/id";
import { formatMoney } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";

const uuid = z.string().refine(isUuid);
const customerId = uuid.transform((text) => text as CustomerId);
const reason = z.string().max(2000);

const VoidInput = z.strictObject({
  customerId,
  invoiceId: uuid.transform((text) => text as InvoiceId),
  reason,
  term: z.enum(["bill_again", "end_service"]).default("bill_again"),
});
const CompleteInput = z.strictObject({
  customerId,
  invoiceId: uuid.transform((text) => text as InvoiceId),
  reason,
});
const PayLinkInput = z.strictObject({
  customerId,
  invoiceId: uuid.transform((text) => text as InvoiceId),
});
const GoodwillInput = z.strictObject({
  customerId,
  currency: z.string().length(3),
  amount: z.string().max(100),
  way: z.enum(["give", "take_back"]),
  reason,
  changeId: uuid,
});
const PayOutInput = z.strictObject({
  customerId,
  payoutId: uuid,
  currency: z.string().length(3),
  amount: z.string().max(100),
  /** What was available on the page that was sent; believed only as far as it still is so. */
  seenMinor: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt),
  reason,
});

const NoteInput = z.strictObject({ customerId, note: z.string().max(10_000) });
const SessionsInput = z.strictObject({ customerId });
const LoginInput = z.strictObject({
  customerId,
  userId: uuid.transform((text) => text as UserId),
  to: z.enum(["disabled", "enabled"]),
  reason,
});
const MainInput = z.strictObject({
  customerId,
  email: z.string().max(254),
  seen: z.string().max(254),
  reason,
});

export const voidInvoice = staffAction("invoice.void", VoidInput, async (actor, input) => {
  const answer = await invoice.voidInvoice(actor, input);
  if (!answer.ok) return answer;
  const [t, locale, timeZone] = await Promise.all([getTranslations("staff"), getLocale(), getTimeZone()]);
  const { number, also, returned, ending } = answer.value;
  const told = [
    t("voided", { number }),
    ...(also.length > 0 ? [t("voidedAlso", { numbers: also.join(", ") })] : []),
    ...(returned.minor > 0n ? [t("voidedReturned", { amount: formatMoney(returned, locale) })] : []),
    ...ending.map(({ label, endsAt, isOver }) =>
      isOver
        ? t("voidedEndsNow", { service: label })
        : t("voidedEnds", { service: label, day: formatDay(endsAt, locale, timeZone) }),
    ),
  ];
  return ok({ told: told.join(" ") });
});

export const completeAgain = staffAction("invoice.complete", CompleteInput, async (actor, input) =>
  withAmounts(await stuck.completeAgain(actor, input)),
);

export const changeGoodwill = staffAction("goodwill.change", GoodwillInput, async (actor, input) => {
  const answer = await goodwill.changeGoodwill(actor, input);
  if (!answer.ok) return withAmounts(answer);
  const [t, locale] = await Promise.all([getTranslations("staff"), getLocale()]);
  const { amount, spent } = answer.value;
  const told = [
    t(`goodwillDone_${input.way}`, { amount: formatMoney(amount, locale) }),
    ...(spent.minor > 0n ? [t("goodwillSpent", { amount: formatMoney(spent, locale) })] : []),
  ];
  return ok({ told: told.join(" ") });
});

export const payOutBalance = staffAction("balance.pay_out", PayOutInput, async (actor, input) => {
  const answer = await payouts.payOutBalance(actor, input);
  if (!answer.ok) return withAmounts(answer);
  const [t, locale] = await Promise.all([getTranslations("payOut"), getLocale()]);
  return ok({ told: t("doneAmount", { amount: formatMoney(answer.value.amount, locale) }) });
});

export const renewInvoicePayLink = staffAction("pay_link.renew", PayLinkInput, (actor, input) =>
  payLinks.renewPayLink(actor, input),
);

export const addNote = staffAction("customer.note", NoteInput, (actor, input) => notes.addNote(actor, input));

export const endSessions = staffAction("sessions.end", SessionsInput, async (actor, input) => {
  const who = { userId: actor.userId, customerId: input.customerId };
  return logAccess("sessions_end", who, { change: "all members" }, await sessions.endSessions(actor, input));
});

export const switchLogin = staffAction("user.disable", LoginInput, async (actor, input) => {
  const who = { userId: actor.userId, customerId: input.customerId };
  const about = { subject: input.userId, change: input.to };
  return logAccess("login_switched", who, about, await logins.switchLogin(actor, input));
});

export const changeCustomerAddress = staffAction("main_address.change", MainInput, async (actor, input) => {
  const who = { userId: actor.userId, customerId: input.customerId };
  const about = { change: input.email };
  return logAccess("main_address_changed", who, about, await mail.changeMainAddress(actor, input));
});
