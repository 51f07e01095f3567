"use server";

import { getLocale, getTranslations } from "next-intl/server";
import { z } from "zod";
import * as assignment from "@/lib/admin/assign-receipt";
import * as bank from "@/lib/admin/record-bank-payment";
import * as returns from "@/lib/admin/return-receipt";
import { staffAction } from "@/lib/auth/action";
import { type BankReceiptId, type CustomerId, type InvoiceId, isUuid } from "@/lib/kernel/id";
import { formatMoney, type Money } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";

const uuid = z.string().refine(isUuid);

const receipt = {
  receiptId: uuid,
  currency: z.string().length(3),
  amount: z.string().max(100),
  valueDate: z.string().max(20),
  reference: z.string().max(1000),
  sender: z.string().max(1000).default(""),
};

const UnmatchedInput = z.strictObject(receipt);
const BankPaymentInput = z.strictObject({
  ...receipt,
  customerId: uuid.transform((text) => text as CustomerId),
  invoiceIds: z
    .array(uuid.transform((text) => text as InvoiceId))
    .max(1000)
    .default([]),
});
const AssignInput = z.strictObject({
  receiptId: uuid.transform((text) => text as BankReceiptId),
  reference: z.string().max(200),
  /** As one types them: with commas or spaces between. */
  numbers: z.string().max(2000).default(""),
});

const ReturnInput = z.strictObject({
  receiptId: uuid.transform((text) => text as BankReceiptId),
  reason: z.string().max(2000),
});

export const recordBankPayment = staffAction("bank.record", BankPaymentInput, async (actor, input) => {
  const answer = await bank.recordBankPayment(actor, input);
  if (!answer.ok) return answer;
  const { isNew, paid, partly, toBalance } = answer.value;
  const locale = await getLocale();
  const named = ({ number, amount }: bank.Laid) => `${number} (${formatMoney(amount, locale)})`;
  return ok({
    isNew,
    paid: paid.map(named),
    partly: partly.map(named),
    // A form's state carries no bigint.
    toBalance: toBalance && { minor: toBalance.minor.toString(), currency: toBalance.currency as string },
  });
});

/** The question before a payment is recorded: from whom, how much, and what becomes of it. */
export const previewBankPayment = staffAction("bank.record", BankPaymentInput, async (actor, input) => {
  const answer = await bank.previewBankPayment(actor, input);
  if (!answer.ok) return answer;
  const [t, locale] = await Promise.all([getTranslations("bank"), getLocale()]);
  const { isNew, paid, partly, toBalance, amount, customerName: customer } = answer.value;
  const said = (sum: Money) => formatMoney(sum, locale);
  const lines = [
    ...paid.map((one) => t("askPaid", { number: one.number, amount: said(one.amount) })),
    ...partly.map((one) => t("askPartly", { number: one.number, amount: said(one.amount) })),
    ...(toBalance ? [t("askBalance", { amount: said(toBalance) })] : []),
  ];
  return ok({
    title: t("askTitle", { amount: said(amount), customer }),
    lines: isNew ? [...lines, t("askFinal")] : [t("askAgain")],
  });
});

export const recordUnmatchedReceipt = staffAction("bank.record", UnmatchedInput, async (actor, input) => {
  const answer = await bank.recordUnmatched(actor, input);
  if (!answer.ok) return answer;
  return ok({ isNew: answer.value.isNew, paid: [], partly: [], toBalance: null });
});

export const assignReceipt = staffAction("bank.record", AssignInput, async (actor, { numbers, ...input }) => {
  const answer = await assignment.assignReceipt(actor, { ...input, numbers: numbers.split(/[\s,;]+/) });
  return answer;
});

export const returnReceipt = staffAction("bank.record", ReturnInput, (actor, input) =>
  returns.returnReceipt(actor, input),
);
