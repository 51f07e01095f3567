import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/components/payment/answer-texts";
import { PayLinkBox, type RenewAction } from "@/components/payment/pay-link-box";
import type { InvoiceId } from "@/lib/kernel/id";

interface InvoicePayLinkProps {
  invoiceId: InvoiceId;
  number: string;
  /** Null for who may not pay, and where nothing is due. */
  url: string | null;
  action: RenewAction;
}

/** On an open invoice: the link with which somebody else can pay it. */
export async function InvoicePayLink({ invoiceId, number, url, action }: InvoicePayLinkProps) {
  if (!url) return null;
  const [t, ask] = await Promise.all([getTranslations("payLinkBox"), getTranslations("ask")]);
  const answers = await answerTexts();
  const texts = {
    ...answers,
    title: t("title"),
    body: t("body"),
    label: t("label"),
    copy: t("copy"),
    copied: t("copied"),
    renew: t("renew"),
    renewNote: t("renewNote"),
    renewed: t("renewed"),
    byCode: {
      ...answers.byCode,
      invoice_not_found: t("gone"),
      invoice_not_open: t("gone"),
    },
  };
  const question = {
    title: ask("linkTitle", { number }),
    lines: [ask("linkStops"), ask("linkNew")],
    confirm: ask("linkConfirm"),
    keep: ask("keep"),
  };
  return <PayLinkBox invoiceId={invoiceId} url={url} action={action} ask={question} texts={texts} />;
}
