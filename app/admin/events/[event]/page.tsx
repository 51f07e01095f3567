import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { replayParkedEvent } from "@/app/admin/actions";
import { deskTexts } from "@/app/admin/texts";
import { EventStateBadge } from "@/components/staff/event-state";
import { Section } from "@/components/staff/section";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { Callout } from "@/components/ui/callout";
import { Moment } from "@/components/ui/day";
import { Fact, Facts } from "@/components/ui/facts";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showEvent } from "@/lib/admin/list-events";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";

interface EventPageProps {
  params: Promise<{ event: string }>;
}

export async function generateMetadata({ params }: EventPageProps): Promise<Metadata> {
  return { title: (await params).event };
}

/** An event of Stripe's as it came, what became of it, and the way to let it be worked on again. */
export default async function EventPage({ params }: EventPageProps) {
  const { event: eventId } = await params;
  const actor = await requireStaff(`/admin/events/${eventId}`);
  const [user, event, t, desk] = await Promise.all([
    currentUser(),
    showEvent(actor, { eventId }),
    getTranslations("events"),
    getTranslations("desk"),
  ]);
  if (!event) notFound();
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="events">
      <PageHead
        above={<TextLink href="/admin/events">{t("title")}</TextLink>}
        title={<span className="break-all">{event.type}</span>}
        aside={<EventStateBadge state={event.state} />}
      >
        <p className="mt-1 break-all text-ink-soft">{event.id}</p>
      </PageHead>
      {event.state === "parked" && (
        <Callout tone="warn" className="mb-8" title={t("parkedTitle")}>
          {event.reason && <p className="break-words">{event.reason}</p>}
          {mayStaff(actor.role, "event.replay") && (
            <div className="mt-1">
              <ActButton
                action={replayParkedEvent}
                input={{ eventId }}
                label={desk("replayOf", { event: event.type })}
                text={desk("replay")}
                done={desk("replayed")}
                texts={await deskTexts()}
              />
            </div>
          )}
        </Callout>
      )}
      <Facts className="mb-10 grid-cols-2 border-y py-4 sm:grid-cols-4">
        <Fact name={t("made")}>
          <Moment at={event.createdAt} />
        </Fact>
        <Fact name={t("received")}>
          <Moment at={event.receivedAt} />
        </Fact>
        <Fact name={t("source")}>{t(`source_${event.source}`)}</Fact>
        <Fact name={t("attempts")}>
          <span className="figures">{event.attempts}</span>
          {event.nextAttemptAt && (
            <span className="block text-ink-soft text-sm">
              {t("next")} <Moment at={event.nextAttemptAt} />
            </span>
          )}
        </Fact>
        <Fact name={t("object")} className="col-span-2">
          <span className="break-all">{event.objectId ?? "–"}</span>
        </Fact>
        <Fact name={t("customer")}>
          {event.customer ? (
            <TextLink href={`/admin/customers/${encodeURIComponent(event.customer.reference)}`}>
              <span dir="auto">{event.customer.name}</span>
            </TextLink>
          ) : (
            "–"
          )}
        </Fact>
        {event.state !== "parked" && event.reason && (
          <Fact name={t("reason")} className="max-sm:col-span-2">
            <span className="break-words">{event.reason}</span>
          </Fact>
        )}
      </Facts>
      <div className="pb-16">
        <Section title={t("payload")}>
          {/* Scrolled by keyboard too. */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable. */}
          <pre tabIndex={0} className="max-h-[40rem] overflow-auto rounded-md border bg-sunken p-4 text-sm">
            {event.payload}
          </pre>
        </Section>
      </div>
    </StaffFrame>
  );
}
