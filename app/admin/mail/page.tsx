import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { MailList } from "@/components/staff/mail-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { UnsentLoginMails } from "@/components/staff/unsent-login-mails";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { listMail, mailStates, mailTopics } from "@/lib/admin/list-mail";
import { unsentLoginMails } from "@/lib/admin/login-mails";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { commonFilter, listHref, type RawSearchParams, wordIn } from "../list-params";
import { staffTexts } from "../texts";
import { resendLoginMail } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffNav"))("mail") };
}

const path = "/admin/mail";

/** Every mail to customers, and what became of it. */
export default async function MailPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const state = wordIn(raw, "state", mailStates);
  const topic = wordIn(raw, "topic", mailTopics);
  const { cursor, ...common } = commonFilter(raw);
  const said = { q: common.text, topic, from: common.from, to: common.to };
  const actor = await requireStaff(listHref(path, { state, ...said }));
  const [user, unsent, texts, page, t, nav, words] = await Promise.all([
    currentUser(),
    unsentLoginMails(actor),
    staffTexts(["mail_not_resendable"]),
    listMail(actor, { ...common, state, topic, cursor }),
    getTranslations("staffMail"),
    getTranslations("staffNav"),
    getTranslations("staffList"),
  ]);
  const isFiltered = state !== null || Object.values(said).some((value) => value !== null) || cursor !== null;
  const tab = (name: typeof state) => ({
    href: listHref(path, { state: name, ...said }),
    text: t(`state_${name ?? "all"}`),
    isHere: name === state,
  });
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="mail">
      <PageHead title={nav("mail")}>
        <p className="mt-1 max-w-prose text-ink-soft">
          {t("intro")} <TextLink href={`${path}/templates`}>{t("templatesLink")}</TextLink>
        </p>
      </PageHead>
      {unsent.length > 0 && (
        <UnsentLoginMails
          mails={unsent}
          action={mayStaff(actor.role, "mail.resend") ? resendLoginMail : null}
          texts={texts}
        />
      )}
      <ListFilters
        path={path}
        tabs={{ label: t("byState"), all: [tab(null), ...mailStates.map(tab)] }}
        searchLabel={t("search")}
        filter={common}
        days={{ from: words("sentFrom"), to: words("sentTo") }}
        select={{
          name: "topic",
          label: t("about"),
          value: topic,
          options: mailTopics.map((value) => ({ value, text: t(`topic_${value}`) })),
        }}
        hidden={{ state }}
        clearHref={isFiltered ? path : null}
      />
      {page.rows.length > 0 ? (
        <MailList mails={page.rows} />
      ) : (
        <NoRows clearHref={path} isFiltered={isFiltered} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { state, ...said, cursor: next })} />
    </StaffFrame>
  );
}
