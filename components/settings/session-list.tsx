import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { ActButton } from "@/components/ui/act-button";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Badge } from "@/components/ui/badge";
import { formatMoment } from "@/components/ui/dates";
import { Moment } from "@/components/ui/day";
import type { Result } from "@/lib/kernel/result";
import type { OwnSession } from "@/lib/portal/show-sign-in";

interface SessionListProps {
  sessions: readonly OwnSession[];
  end: (input: { sessionId: string }) => Promise<Result<unknown>>;
  endOthers: (input: { which: "others" }) => Promise<Result<unknown>>;
  texts: AnswerTexts;
}

/** Where somebody is signed in, with what ends it. */
export function SessionList({ sessions, end, endOthers, texts }: SessionListProps) {
  const t = useTranslations("settings");
  return (
    <div className="grid justify-items-start gap-4">
      <ul aria-labelledby="sessions" className="grid w-full border-t">
        {sessions.map((session) => (
          <SessionItem key={session.id} session={session} end={end} texts={texts} />
        ))}
      </ul>
      {sessions.length > 1 ? (
        <ActButton
          action={endOthers}
          input={{ which: "others" as const }}
          label={t("endOthers")}
          text={t("endOthers")}
          done={t("othersEnded")}
          texts={texts}
        />
      ) : (
        <p className="text-ink-soft text-sm">{t("onlySession")}</p>
      )}
    </div>
  );
}

interface SessionItemProps extends Pick<SessionListProps, "end" | "texts"> {
  session: OwnSession;
}

function SessionItem({ session, end, texts }: SessionItemProps) {
  const t = useTranslations("settings");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const { id, isThis, device, address, createdAt, lastSeenAt } = session;
  const name = device ? t("device", { browser: device.browser, system: device.system }) : t("unknownDevice");
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-x-3">
          <span className="font-medium">{name}</span>
          {isThis && (
            <Badge tone="calm" shape="tick">
              {t("thisSession")}
            </Badge>
          )}
        </p>
        <p className="break-words text-ink-soft text-sm">
          {t("lastSeen")} <Moment at={lastSeenAt} />
          {address && <> {t("from", { address })}</>}, {t("signedIn")} <Moment at={createdAt} />
        </p>
      </div>
      {!isThis && (
        <ActButton
          action={end}
          input={{ sessionId: id }}
          label={t("endSessionOf", { device: name, at: formatMoment(lastSeenAt, locale, timeZone) })}
          text={t("endSession")}
          done={t("sessionEnded")}
          texts={texts}
        />
      )}
    </li>
  );
}
