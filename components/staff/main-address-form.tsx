import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/sign-in/action-form";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import type { CustomerPicture } from "@/lib/admin/show-customer";
import type { CustomerMore } from "@/lib/admin/show-customer-more";
import type { Result } from "@/lib/kernel/result";

interface MainAddressFormProps<State> {
  customer: Pick<CustomerPicture, "id" | "name" | "email">;
  /** Those who may get the mail instead: every member who can sign in has proved that they read it there. */
  users: CustomerMore["users"];
  action: (previous: State | null, form: FormData) => Promise<State>;
  answers: AnswerTexts;
}

/** Chooses where mail about a customer's invoices goes; nothing where no member has another address. */
export async function MainAddressForm<State extends Result<unknown>>({
  customer: { id, name, email },
  users,
  action,
  answers,
}: MainAddressFormProps<State>) {
  const [t, ask] = await Promise.all([getTranslations("staffCustomer"), getTranslations("ask")]);
  const others = users.filter((user) => !user.disabledAt && user.email !== email.toLowerCase());
  const [first] = others;
  if (!first) return null;
  return (
    <details key={email}>
      <summary className="cursor-pointer font-medium text-accent">{t("changeMain")}</summary>
      <div className="mt-3 grid gap-3">
        <p className="break-words text-ink-soft text-sm">{t("mainNow", { email })}</p>
        <ActionForm
          action={action}
          hidden={{ customerId: id, seen: email }}
          fields={[
            {
              name: "email",
              label: t("nextMain"),
              initial: first.email,
              choices: others.map((user) => ({
                value: user.email,
                label: `${user.name} · ${t(`role_${user.role}`)}`,
                hint: t("mainTo", { email: user.email }),
              })),
            },
            { name: "reason", label: t("mainReason"), type: "text", autoComplete: "off", maxLength: 500 },
          ]}
          submit={t("changeMain")}
          answers={answers}
          ask={{
            title: ask("mainTitle", { name }),
            lines: [ask("mainStops", { email }), ask("mainTold")],
            confirm: ask("mainConfirm"),
            keep: ask("keep"),
            isDangerous: false,
          }}
          said={t("mainChanged")}
        />
      </div>
    </details>
  );
}
