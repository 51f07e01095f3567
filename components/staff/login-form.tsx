import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/sign-in/action-form";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import type { CustomerMore } from "@/lib/admin/show-customer-more";
import type { CustomerId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";

interface LoginFormProps<State> {
  customerId: CustomerId;
  user: CustomerMore["users"][number];
  action: (previous: State | null, form: FormData) => Promise<State>;
  answers: AnswerTexts;
}

/** Disables the login of one member, or enables it again: folded away, since nobody opens the page for it. */
export async function LoginForm<State extends Result<unknown>>({
  customerId,
  user: { userId, name, disabledAt },
  action,
  answers,
}: LoginFormProps<State>) {
  const [t, ask] = await Promise.all([getTranslations("staffCustomer"), getTranslations("ask")]);
  const way = disabledAt ? "enable" : "disable";
  return (
    // Another form once the login is switched, so that nothing typed for the one stays in the other.
    <details key={way} className="mt-1">
      <summary className="cursor-pointer text-accent text-sm" aria-label={t(`${way}LoginOf`, { name })}>
        {t(`${way}Login`)}
      </summary>
      <div className="mt-3">
        <ActionForm
          action={action}
          hidden={{ customerId, userId, to: `${way}d` }}
          isMinor
          fields={[
            { name: "reason", label: t("loginReason"), type: "text", autoComplete: "off", maxLength: 500 },
          ]}
          submit={t(`${way}Login`)}
          answers={answers}
          ask={{
            title: ask(`${way}LoginTitle`, { name }),
            lines: [ask(`${way}LoginBody`), ask("loginEverywhere")],
            confirm: ask(`${way}LoginConfirm`),
            keep: ask("keep"),
            isDangerous: way === "disable",
          }}
          said={t(`${way}LoginDone`, { name })}
        />
      </div>
    </details>
  );
}
