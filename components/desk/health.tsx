import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Moment } from "@/components/ui/day";
import { Fact, Facts } from "@/components/ui/facts";
import type { Health as Shown, Figure as Sum } from "@/lib/admin/show-health";

/** Today's figures, and whether what works by itself does. */
export function Health({ health }: { health: Shown }) {
  const t = useTranslations("health");
  const { jobs, mail, unknown, lastWebhookAt, setup } = health;
  const isSetUp = !setup || (!setup.isKeyRefused && setup.differences.length === 0);
  const bad = jobs.filter(({ failedAt, isLate }) => failedAt !== null || isLate);
  return (
    <div className="mb-12 grid gap-8">
      <section aria-label={t("today")}>
        <h2 className="mb-3 font-semibold text-lg">{t("today")}</h2>
        <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-4">
          <Figure name={t("collected")} figure={health.collected} />
          <Figure name={t("topUps")} figure={health.topUps} />
          <Figure name={t("issued")} figure={health.issued} />
          <Figure name={t("paid")} figure={health.paid} />
        </Facts>
      </section>
      <section aria-label={t("title")}>
        <h2 className="mb-3 font-semibold text-lg">{t("title")}</h2>
        <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-4">
          <State
            name={t("webhook")}
            isGood={lastWebhookAt !== null}
            word={t(lastWebhookAt ? "heard" : "silent")}
          >
            {lastWebhookAt && <Moment at={lastWebhookAt} />}
          </State>
          <State
            name={t("worker")}
            isGood={jobs.length > 0 && bad.length === 0}
            word={jobs.length === 0 ? t("neverRan") : t("jobs", { count: bad.length })}
          >
            {bad.map(({ name, message, endedAt }) => (
              <span key={name} className="block break-words">
                {name}: {message ?? (endedAt ? <Moment at={endedAt} /> : t("neverRan"))}
              </span>
            ))}
          </State>
          <State name={t("mail")} isGood={mail.waiting === 0} word={t("waiting", { count: mail.waiting })}>
            {mail.oldestAt && (
              <>
                {t("oldest")} <Moment at={mail.oldestAt} />
              </>
            )}
          </State>
          <State
            name={t("stripe")}
            isGood={unknown.count === 0 && isSetUp}
            word={isSetUp ? t("unknown", { count: unknown.count }) : t("setupDiffers")}
          >
            <Setup setup={setup} othersCount={health.othersCount} />
            {unknown.oldestAt && (
              <>
                {t("oldest")} <Moment at={unknown.oldestAt} />
              </>
            )}
          </State>
          {health.proxies.length > 0 && (
            <State name={t("visitors")} isGood={false} word={t("notToldApart")}>
              {health.proxies.map((doubt) => (
                <span key={doubt} className="block break-words">
                  {t(doubt)}
                </span>
              ))}
            </State>
          )}
        </Facts>
      </section>
    </div>
  );
}

/** What of the host's setup at Stripe does not fit, each in a sentence. */
function Setup({ setup, othersCount }: Pick<Shown, "setup" | "othersCount">) {
  const t = useTranslations("health");
  if (!setup) return null;
  const { account, differences, isKeyRefused } = setup;
  return (
    <>
      {isKeyRefused && <span className="block">{t("keyRefused")}</span>}
      {differences.map((difference) => (
        <span key={difference.code} className="block break-words">
          {difference.code === "endpoint_events"
            ? t("endpoint_events", { missing: difference.missing.join(", ") })
            : t(difference.code, { url: "", version: "", wanted: "", ...difference })}
        </span>
      ))}
      {account && !isKeyRefused && (
        <span className="block break-all">
          {t("account", { id: account.id, currency: account.settlesIn })}
        </span>
      )}
      {othersCount > 0 && <span className="block">{t("others", { count: othersCount })}</span>}
    </>
  );
}

function Figure({ name, figure }: { name: string; figure: Sum }) {
  const t = useTranslations("health");
  return (
    <Fact name={name}>
      {figure.amounts.length === 0 ? (
        <span className="text-ink-soft">{t("none")}</span>
      ) : (
        <>
          {figure.amounts.map((amount) => (
            <span key={amount.currency} className="figures block font-medium">
              <Amount of={amount} />
            </span>
          ))}
          <span className="text-ink-soft text-sm">{t("count", { count: figure.count })}</span>
        </>
      )}
    </Fact>
  );
}

function State(props: { name: string; isGood: boolean; word: string; children: ReactNode }) {
  return (
    <Fact name={props.name}>
      <Badge tone={props.isGood ? "good" : "warn"} shape={props.isGood ? "tick" : "triangle"}>
        {props.word}
      </Badge>
      <span className="block text-ink-soft text-sm">{props.children}</span>
    </Fact>
  );
}
