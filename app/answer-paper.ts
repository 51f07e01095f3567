import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { busyAnswer, paperAnswer } from "@/lib/paper/answer";
import { PapersBusy } from "@/lib/paper/drawing";
import type { Paper } from "@/lib/paper/shapes";

/** The paper as a file, the page of what is not found, or a sentence that asks for patience. */
export async function answerPaper(printed: Promise<Paper | null>): Promise<Response> {
  try {
    return paperAnswer((await printed) ?? notFound());
  } catch (error) {
    if (!(error instanceof PapersBusy)) throw error;
    const t = await getTranslations("paper");
    return busyAnswer(t("busy"));
  }
}
