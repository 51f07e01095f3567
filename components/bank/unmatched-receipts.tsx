import { useLocale, useTranslations } from "next-intl";
import { ActionForm } from "@/components/sign-in/action-form";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { DayOf } from "@/components/ui/day";
import { Empty } from "@/components/ui/empty";
import { TextLink } from "@/components/ui/text-link";
import type { UnmatchedReceipt } from "@/lib/admin/list-receipts";
import { formatMoney } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

interface UnmatchedReceiptsProps<Assigned, Returned> {
  receipts: readonly UnmatchedReceipt[];
  /** Null for those who only look. */
  assign: ((previous: Assigned | null, form: FormData) => Promise<Assigned>) | null;
  sendBack: ((previous: Returned | null, form: FormData) => Promise<Returned>) | null;
  texts: AnswerTexts;
}

/** The receipts that wait, each with the forms that give it to its customer, or send it back. */
export function UnmatchedReceipts<Assigned extends Result<unknown>, Returned extends Result<unknown>>(
  props: UnmatchedReceiptsProps<Assigned, Returned>,
) {
  const { receipts, assign, sendBack, texts } = props;
  const t = useTranslations("bank");
  const ask = useTranslations("ask");
  const locale = useLocale();
  return (
    <section aria-labelledby="unmatched" className="min-w-0">
      <h2 id="unmatched" className="mb-3 font-semibold text-lg">
        {t("unmatched")}{" "}
        {receipts.length > 0 && <span className="figures font-normal text-ink-soft">{receipts.length}</span>}
      </h2>
      {receipts.length === 0 && (
        <Empty title={t("noneTitle")}>
          <p>{t("noneBody")}</p>
        </Empty>
      )}
      <ul className="grid border-t">
        {receipts.map(({ id, amount, valueDate, reference, sender, recordedBy, guess }) => (
          <li key={id} className="grid gap-2 border-b py-4">
            <div className="flex items-baseline justify-between gap-4">
              <span className="min-w-0 break-words font-medium" dir="auto">
                {reference}
              </span>
              <Amount of={amount} className="font-semibold" />
            </div>
            <p className="text-ink-soft text-sm">
              {sender !== "" && <span dir="auto">{sender} · </span>}
              <DayOf day={valueDate} /> · {t("recordedBy", { name: recordedBy })}
            </p>
            {guess && (
              <p className="text-sm">
                {t.rich("guess", {
                  customer: () => (
                    <TextLink href={`/admin/customers/${encodeURIComponent(guess.reference)}`}>
                      <span dir="auto">{guess.name}</span>
                    </TextLink>
                  ),
                })}
              </p>
            )}
            {assign && (
              <details className="max-w-sm">
                <summary className="cursor-pointer font-medium text-accent text-sm">{t("assign")}</summary>
                <div className="mt-3">
                  <ActionForm
                    action={assign}
                    hidden={{ receiptId: id }}
                    fields={[
                      {
                        name: "reference",
                        label: t("assignTo"),
                        hint: t("assignToHint"),
                        type: "text",
                        autoComplete: "off",
                        maxLength: 100,
                        initial: guess?.reference ?? "",
                      },
                      {
                        name: "numbers",
                        label: t("assignFor"),
                        hint: t("assignForHint"),
                        type: "text",
                        autoComplete: "off",
                        maxLength: 1000,
                        isOptional: true,
                        initial: guess?.numbers.join(", ") ?? "",
                      },
                    ]}
                    submit={t("assignSubmit")}
                    ask={{
                      title: ask("assignTitle", {
                        amount: formatMoney(amount, locale),
                        reference: "{reference}",
                      }),
                      lines: [ask("assignPays"), ask("assignGone")],
                      confirm: ask("assignConfirm"),
                      keep: ask("keep"),
                      isDangerous: false,
                    }}
                    answers={texts}
                    said={t("assigned")}
                  />
                </div>
              </details>
            )}
            {sendBack && (
              <details className="max-w-sm">
                <summary className="cursor-pointer font-medium text-accent text-sm">{t("sendBack")}</summary>
                <div className="mt-3 grid gap-3">
                  <p className="text-ink-soft text-sm">{t("sendBackNote")}</p>
                  <ActionForm
                    action={sendBack}
                    hidden={{ receiptId: id }}
                    fields={[
                      {
                        name: "reason",
                        label: t("sendBackReason"),
                        type: "text",
                        autoComplete: "off",
                        maxLength: 500,
                      },
                    ]}
                    submit={t("sendBackSubmit")}
                    ask={{
                      title: ask("sendBackTitle", { amount: formatMoney(amount, locale) }),
                      lines: [ask("sendBackMade"), ask("sendBackGone")],
                      confirm: ask("sendBackConfirm"),
                      keep: ask("keep"),
                    }}
                    answers={texts}
                    said={t("sentBack")}
                  />
                </div>
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
