import { useTranslations } from "next-intl";
import { ActionForm } from "@/components/sign-in/action-form";
import type { AnswerTexts } from "@/components/sign-in/answer-texts";
import { Amount } from "@/components/ui/amount";
import { DayOf } from "@/components/ui/day";
import { Empty } from "@/components/ui/empty";
import { TextLink } from "@/components/ui/text-link";
import type { UnmatchedReceipt } from "@/lib/admin/list-receipts";
import type { Result } from "@/lib/kernel/result";

interface UnmatchedReceiptsProps<State> {
  receipts: readonly UnmatchedReceipt[];
  /** Null for those who only look. */
  action: ((previous: State | null, form: FormData) => Promise<State>) | null;
  texts: AnswerTexts;
}

/** The receipts that wait, each with the form that gives it to its customer. */
export function UnmatchedReceipts<State extends Result<unknown>>(props: UnmatchedReceiptsProps<State>) {
  const { receipts, action, texts } = props;
  const t = useTranslations("bank");
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
            {action && (
              <details className="max-w-sm">
                <summary className="cursor-pointer font-medium text-accent text-sm">{t("assign")}</summary>
                <div className="mt-3">
                  <ActionForm
                    action={action}
                    idPrefix={`${id}-`}
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
                    answers={texts}
                    done={<p>{t("assigned")}</p>}
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
