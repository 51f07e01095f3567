import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { NoticeList } from "@/components/inbox/notice-list";
import { ActButton } from "@/components/ui/act-button";
import { Empty } from "@/components/ui/empty";
import { Loading } from "@/components/ui/loading";
import { PageHead } from "@/components/ui/page-head";
import { Pager } from "@/components/ui/pager";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import type { Result } from "@/lib/kernel/result";
import type { CustomerActor } from "@/lib/portal/shapes";
import { showInbox } from "@/lib/portal/show-inbox";
import { markNoticesRead } from "./actions";
import { inboxHref, parseInboxQuery } from "./search-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("inbox"))("title") };
}

interface InboxPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function InboxPage({ searchParams }: InboxPageProps) {
  const { cursor } = parseInboxQuery(await searchParams);
  const actor = await requireCustomer(inboxHref(cursor));
  const t = await getTranslations("inbox");
  const shell = await getTranslations("shell");
  return (
    <>
      <PageHead title={t("title")} />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Inbox actor={actor} cursor={cursor} />
      </Suspense>
    </>
  );
}

async function Inbox({ actor, cursor }: { actor: CustomerActor; cursor: string | null }) {
  const t = await getTranslations("inbox");
  const markRead: (input: { noticeIds: string[] }) => Promise<Result<unknown>> = carrying(
    actor,
    markNoticesRead,
  );
  const notices = await showInbox(actor, { cursor });
  if (notices.rows.length === 0) {
    return (
      <Empty title={t("emptyTitle")}>
        <p>{t("emptyBody")}</p>
      </Empty>
    );
  }
  const unread = notices.rows.filter(({ isRead }) => !isRead);
  const step = (to: string | null, text: string) => (to === null ? null : { href: inboxHref(to), text });
  return (
    <>
      {unread.length > 0 && (
        <div className="pb-4">
          <ActButton
            action={markRead}
            input={{ noticeIds: unread.map(({ id }) => id) }}
            label={t("markRead")}
            text={t("markRead")}
            done={t("marked")}
            texts={{
              fault: t("fault"),
              lost: t("lost"),
              not_allowed: t("notAllowed"),
              notice_not_found: t("notFound"),
            }}
          />
        </div>
      )}
      <NoticeList notices={notices.rows} markRead={markRead} />
      <Pager
        label={t("pages")}
        previous={step(notices.previous, t("newer"))}
        next={step(notices.next, t("older"))}
      />
    </>
  );
}
