import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { EventStateBadge } from "@/components/staff/event-state";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Moment } from "@/components/ui/day";
import { PageHead } from "@/components/ui/page-head";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { type EventState, eventStates, type ListedEvent, listEvents } from "@/lib/admin/list-events";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { commonFilter, listHref, type RawSearchParams, wordIn } from "../list-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("events"))("title") };
}

const path = "/admin/events";

/** What Stripe told, and what became of it. */
export default async function EventsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const state = wordIn(raw, "state", eventStates);
  const { text, cursor } = commonFilter(raw);
  const actor = await requireStaff(listHref(path, { state, q: text }));
  const [user, page, t, words] = await Promise.all([
    currentUser(),
    listEvents(actor, { state, text, cursor }),
    getTranslations("events"),
    getTranslations("staffList"),
  ]);
  const isFiltered = state !== null || text !== null || cursor !== null;
  const tab = (name: EventState | null) => ({
    href: listHref(path, { state: name, q: text }),
    text: name === null ? words("all") : t(`state_${name}`),
    isHere: name === state,
  });
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="events">
      <PageHead title={t("title")} />
      <ListFilters
        path={path}
        tabs={{ label: words("byState"), all: [tab(null), ...eventStates.map(tab)] }}
        searchLabel={t("search")}
        filter={{ text }}
        hidden={{ state }}
        clearHref={isFiltered ? path : null}
      />
      {page.rows.length > 0 ? (
        <EventTable events={page.rows} />
      ) : (
        <NoRows clearHref={path} isFiltered={isFiltered} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { state, q: text, cursor: next })} />
    </StaffFrame>
  );
}

async function EventTable({ events }: { events: readonly ListedEvent[] }) {
  const t = await getTranslations("events");
  const small = "max-sm:text-ink-soft max-sm:text-sm";
  return (
    <Table aria-label={t("title")}>
      <TableHead>
        <Column>{t("event")}</Column>
        <Column>{t("object")}</Column>
        <Column>{t("received")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {events.map(({ id, type, objectId, state, reason, receivedAt }) => (
          <Row key={id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell className="break-all max-sm:col-span-2">
              <TextLink href={`/admin/events/${id}`}>{type}</TextLink>
              {reason && <span className="block break-words text-ink-soft text-sm">{reason}</span>}
            </Cell>
            <Cell className={`break-all text-sm max-sm:col-span-2 ${small}`}>{objectId ?? "–"}</Cell>
            <Cell className={`whitespace-nowrap ${small}`}>
              <Moment at={receivedAt} />
            </Cell>
            <Cell className="max-sm:text-right">
              <EventStateBadge state={state} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
