import { useTranslations } from "next-intl";
import { NoticeDetails, type ReadAction } from "@/components/inbox/notice-details";
import { MailFailures } from "@/components/mail/mail-failures";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import { Moment } from "@/components/ui/day";
import { TextLink } from "@/components/ui/text-link";
import type { Notice } from "@/lib/portal/shapes";

/** Mails as they were sent, each opened by its subject; unread ones are marked by a word and by weight. */
export function NoticeList({ notices, markRead }: { notices: readonly Notice[]; markRead: ReadAction }) {
  const t = useTranslations("inbox");
  return (
    <ul className="border-line border-t">
      {notices.map(({ id, subject, body, path, state, failures, at, isRead }) => {
        const { tone, shape } = looks[state];
        const summary = (isUnread: boolean) => (
          <>
            <span className={isUnread ? "font-semibold" : "text-ink"}>
              <bdi className="break-words">{subject}</bdi>
              {isUnread && <span className="ml-2 font-medium text-accent text-sm">{t("unread")}</span>}
            </span>
            <Badge tone={tone} shape={shape}>
              {t(state)}
            </Badge>
            <Moment at={at} className="text-ink-soft text-sm sm:text-right" />
          </>
        );
        return (
          <li key={id} className="border-line border-b">
            <NoticeDetails
              noticeId={id}
              isRead={isRead}
              summary={{ unread: summary(true), read: summary(false) }}
              markRead={markRead}
            >
              <p className="max-w-prose whitespace-pre-wrap break-words pb-5 text-ink-soft" dir="auto">
                {body.map(({ text, path }, place) =>
                  path === null ? (
                    text
                  ) : (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text that was sent stay where they are
                    <TextLink key={place} href={path}>
                      {text}
                    </TextLink>
                  ),
                )}
              </p>
              {failures.length > 0 && (
                <div className="pb-5">
                  <MailFailures failures={failures} of="this" />
                </div>
              )}
              {path && (
                <p className="pb-5">
                  <TextLink href={path}>{t("open")}</TextLink>
                </p>
              )}
            </NoticeDetails>
          </li>
        );
      })}
    </ul>
  );
}

const looks = {
  waiting: { tone: "calm", shape: "dots" },
  sent: { tone: "good", shape: "tick" },
  bounced: { tone: "bad", shape: "triangle" },
  undeliverable: { tone: "bad", shape: "triangle" },
} as const satisfies Record<Notice["state"], { tone: Tone; shape: Shape }>;
