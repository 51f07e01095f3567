import { getTranslations } from "next-intl/server";
import type { AnswerTexts } from "@/components/ui/answer-texts";

const deskCodes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "payment_not_found",
  "event_not_parked",
  "task_not_open",
  "task_ends_by_itself",
  "payment_undecided",
  "account_not_asked",
  "gateway_unreachable",
  "payment_quarantined",
] as const;

/** A sentence for each refusal that the acts of the desk may meet. */
export async function deskTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("deskRefusal");
  const texts = Object.fromEntries(deskCodes.map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: String(t.raw("lost")) };
}

const shared = ["signed_out", "not_allowed", "foreign_origin", "invalid_input"] as const;

type StaffCode = Parameters<Awaited<ReturnType<typeof getTranslations<"staffRefusal">>>["raw"]>[0];

/** A sentence for each of these refusals, and for those that any act of staff's may meet. */
export async function staffTexts(codes: readonly StaffCode[]): Promise<AnswerTexts> {
  const t = await getTranslations("staffRefusal");
  const texts = Object.fromEntries([...shared, ...codes].map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: String(t.raw("lost")) };
}
