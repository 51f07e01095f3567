"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import * as drafts from "@/lib/admin/invoice-drafts";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, type InvoiceDraftId, isUuid } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);
const seen = {
  customerId: uuid.transform((text) => text as CustomerId),
  draftId: uuid.transform((text) => text as InvoiceDraftId),
  version: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
};
/** One of a line's parts, of all lines in their order. */
const column = z.array(z.string().max(2000)).max(500).default([]);

const SaveInput = z.strictObject({
  ...seen,
  currency: z.string().length(3),
  dueDays: z.string().max(20),
  note: z.string().max(10_000),
  kind: z
    .array(z.enum(["item", "discount"]))
    .max(500)
    .default([]),
  description: column,
  quantity: column,
  unit: column,
  taxRate: column,
});
const SeenInput = z.strictObject(seen);

export const saveDraft = staffAction("invoice.write", SaveInput, async (actor, input) => {
  const { kind, description, quantity, unit, taxRate, ...rest } = input;
  const lines = kind.map((one, index) => ({
    kind: one,
    description: description[index] ?? "",
    quantity: quantity[index] ?? "",
    unit: unit[index] ?? "",
    taxRate: taxRate[index] ?? "",
  }));
  const answer = await drafts.saveDraft(actor, { ...rest, lines });
  if (!answer.ok) return answer;
  return leadTo(`${answer.value.reference}/drafts/${input.draftId}?saved=${answer.value.version}`);
});

export const issueDraft = staffAction("invoice.write", SeenInput, async (actor, input) => {
  const answer = await drafts.issueDraft(actor, input);
  if (!answer.ok) return answer;
  return leadTo(`${answer.value.reference}/drafts/${input.draftId}`);
});

export const discardDraft = staffAction("invoice.write", SeenInput, async (actor, input) => {
  const answer = await drafts.discardDraft(actor, input);
  return answer.ok ? leadTo(answer.value.reference) : answer;
});

/** To a page of a customer's, read anew. */
function leadTo(path: string): never {
  revalidatePath("/admin/customers", "layout");
  const [reference = "", ...rest] = path.split("/");
  redirect(["/admin/customers", encodeURIComponent(reference), ...rest].join("/"));
}
