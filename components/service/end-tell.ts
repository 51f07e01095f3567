import { getLocale, getTimeZone, getTranslations } from "next-intl/server";
import type { Told } from "@/components/payment/pay-tell";
import { formatDay } from "@/components/ui/dates";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { CancelServiceRefusal } from "@/lib/portal/cancel-service";

/** What was done, in words: when it ends, and what is not owed any more. */
export async function tellServiceCancelled(
  result: Result<{ endsAt: Date; voided: string[] }, CancelServiceRefusal>,
): Promise<Result<{ done: string }, Told>> {
  if (!result.ok) return tellRefusal(result.refusal);
  const t = await getTranslations("serviceEnd");
  const { endsAt, voided } = result.value;
  const date = formatDay(endsAt, await getLocale(), await getTimeZone());
  const also = voided.length > 0 ? ` ${t("doneVoided", { numbers: voided.join(", ") })}` : "";
  return ok({ done: t("done", { date }) + also });
}

export async function tellServiceKept(
  result: Result<null, CancelServiceRefusal>,
): Promise<Result<null, Told>> {
  return result.ok ? result : tellRefusal(result.refusal);
}

async function tellRefusal(refusal: CancelServiceRefusal): Promise<Result<never, Told>> {
  return refuse({ code: refusal.code, sentence: await endRefusalSentence(refusal) });
}

/** One sentence for each refusal, with the next step. */
export async function endRefusalSentence(refusal: CancelServiceRefusal): Promise<string> {
  const t = await getTranslations("serviceEnd");
  switch (refusal.code) {
    case "not_allowed":
      return t("notAllowed");
    case "service_not_found":
      return t("notFound");
    case "service_not_running":
      return t("notRunning");
    case "term_begun":
      return t("termBegun", { number: refusal.number });
    case "payment_in_progress":
      return t("inProgress");
  }
}
