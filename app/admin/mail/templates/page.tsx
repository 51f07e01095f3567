import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { planSettingsTexts } from "@/components/plan/plan-texts";
import { ActionForm } from "@/components/sign-in/action-form";
import { Section } from "@/components/staff/section";
import { StaffFrame } from "@/components/staff/staff-frame";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { PageHead } from "@/components/ui/page-head";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { listPlans } from "@/lib/admin/list-plans";
import { showMailHour } from "@/lib/admin/mail-hour";
import { showTemplate, templateNames } from "@/lib/admin/mail-templates";
import { showReminderDays } from "@/lib/admin/reminder-days";
import { reminderStages } from "@/lib/admin/reminder-stages";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { currentHost } from "@/lib/auth/host";
import { mayStaff } from "@/lib/auth/staff-rights";
import { changeMailHour, changeReminderDays } from "../actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffMail"))("templates") };
}

/** A page of its own has them all. */
const plansShown = 20;

/** Every mail that there is, and on which days it goes out. */
export default async function TemplatesPage() {
  const actor = await requireStaff("/admin/mail/templates");
  const [user, host, locale, plans, hostDays, mailHour, t, nav, planWords, answers] = await Promise.all([
    currentUser(),
    currentHost(),
    getLocale(),
    listPlans(actor),
    showReminderDays(actor),
    showMailHour(actor),
    getTranslations("staffMail"),
    getTranslations("staffNav"),
    getTranslations("plans"),
    planSettingsTexts(),
  ]);
  const subjects = await Promise.all(
    templateNames.map((name) => showTemplate(actor, { name }, { hostName: host.name, locale })),
  );
  const days = (stages: readonly number[]) =>
    stages.map((stage) => (stage > 0 ? `+${stage}` : String(stage).replace("-", "−"))).join(", ");
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="mail">
      <PageHead above={<TextLink href="/admin/mail">{nav("mail")}</TextLink>} title={t("templates")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("templatesIntro")}</p>
      </PageHead>
      <div className="grid gap-10 pb-16">
        <Section title={t("stages")}>
          <dl className="grid max-w-prose gap-2">
            {reminderStages(hostDays).map(({ kind, stages }) => (
              <div key={kind} className="flex flex-wrap justify-between gap-x-4 border-b py-1.5">
                <dt>{t(`kind_${kind}`)}</dt>
                <dd className="figures text-ink-soft">{t("days", { days: days(stages) })}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-3 max-w-prose">{t("hour", mailHour)}</p>
          <p className="max-w-prose text-ink-soft text-sm">{t("hourStops", { hour: mailHour.hour + 1 })}</p>
          {mayStaff(actor.role, "host.change") && <HourForm hour={mailHour.hour} answers={answers} />}
          {mayStaff(actor.role, "host.change") && (
            <details className="mt-3 max-w-sm">
              <summary className="cursor-pointer font-medium text-accent">{t("changeDays")}</summary>
              <div className="mt-3">
                <ActionForm
                  // What stands now is what the next change begins from.
                  key={hostDays.join(" ")}
                  action={changeReminderDays}
                  hidden={{ seen: hostDays.join(" ") }}
                  fields={[
                    {
                      name: "days",
                      label: planWords("field_reminderDays"),
                      hint: t("changeDaysHint"),
                      type: "text",
                      autoComplete: "off",
                      maxLength: 100,
                      initial: hostDays.join(", "),
                    },
                  ]}
                  submit={planWords("saveDays")}
                  answers={{ ...answers, settings_changed: answers.plan_changed ?? answers.fault }}
                  said={planWords("daysSaved")}
                />
              </div>
            </details>
          )}
          <p className="mt-3 max-w-prose text-ink-soft text-sm">
            {t("planDays")} <TextLink href="/admin/plans">{nav("plans")}</TextLink>
          </p>
          <ul className="mt-2 grid max-w-prose gap-1 text-sm">
            {plans.slice(0, plansShown).map((plan) => (
              <li key={plan.id} className="flex flex-wrap justify-between gap-x-4">
                <span dir="auto">{plan.name}</span>
                <span className="text-ink-soft">
                  {plan.reminderDays && `${t("days", { days: days(plan.reminderDays) })} · `}
                  {planWords("daysInShort", {
                    lead: plan.leadDays,
                    grace: plan.graceDays,
                    terminate: plan.terminateDays,
                  })}
                </span>
              </li>
            ))}
          </ul>
        </Section>
        <Section title={t("all")}>
          <Table aria-label={t("templates")}>
            <TableHead>
              <Column>{t("template")}</Column>
              <Column>{t("subject")}</Column>
            </TableHead>
            <TableBody>
              {templateNames.map((name, at) => (
                <Row key={name}>
                  <Cell>
                    <TextLink href={`/admin/mail/templates/${name}`}>{t(`template_${name}`)}</TextLink>
                  </Cell>
                  <Cell className="text-ink-soft max-sm:text-sm">
                    <span dir="auto">{subjects[at]?.subject}</span>
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        </Section>
      </div>
    </StaffFrame>
  );
}

async function HourForm({ hour, answers }: { hour: number; answers: AnswerTexts }) {
  const [t, words] = await Promise.all([getTranslations("staffMail"), getTranslations("planRefusal")]);
  return (
    <details className="mt-3 max-w-sm">
      <summary className="cursor-pointer font-medium text-accent">{t("changeHour")}</summary>
      <div className="mt-3">
        <ActionForm
          key={hour}
          action={changeMailHour}
          hidden={{ seen: String(hour) }}
          fields={[
            {
              name: "hour",
              label: t("hourField"),
              hint: t("hourHint"),
              type: "text",
              autoComplete: "off",
              maxLength: 2,
              initial: String(hour),
            },
          ]}
          submit={t("saveHour")}
          answers={{
            ...answers,
            settings_changed: answers.plan_changed ?? answers.fault,
            mail_hour_malformed: String(words.raw("mail_hour_malformed")),
          }}
          said={t("hourSaved")}
        />
      </div>
    </details>
  );
}
