import { useTranslations } from "next-intl";
import { Card } from "@/components/overview/card";
import { PriceAhead } from "@/components/service/price-ahead";
import { ServiceStateBadge } from "@/components/service/service-table";
import { Due } from "@/components/ui/due";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceRow } from "@/lib/portal/shapes";
import type { Overview } from "@/lib/portal/show-overview";
import type { Runway } from "@/lib/portal/show-runway";

/** Services that expire soon, and what will become of each. */
export function SoonList({ overview: { soon, runways, serviceCount } }: { overview: Overview }) {
  const t = useTranslations("overview");
  return (
    <Card id="soon" title={t("soon")} more={{ href: "/services", text: t("allServices") }}>
      {soon.length === 0 ? (
        <p className="text-ink-soft">{t(serviceCount > 0 ? "soonNone" : "noServices")}</p>
      ) : (
        <ul className="divide-y divide-line">
          {soon.map((service) => (
            <li
              key={service.id}
              className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 py-3 first:pt-1 last:pb-0"
            >
              <span className="min-w-0">
                <TextLink href={`/services/${service.id}`} className="break-words">
                  <bdi>{service.label}</bdi>
                </TextLink>
                <span className="block text-ink-soft text-sm">
                  <Fate service={service} runways={runways} />
                </span>
                <PriceAhead of={service.nextPrice} />
              </span>
              <span className="text-right text-sm">
                {service.state !== "active" ? (
                  <ServiceStateBadge state={service.state} />
                ) : (
                  service.expiresAt && <Due at={service.expiresAt} isUrgent />
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What happens at its expiry, if nobody does anything. */
function Fate({ service, runways }: { service: ServiceRow; runways: readonly Runway[] }) {
  const t = useTranslations("overview");
  if (service.isBeingPaid) return t("fateBeingPaid");
  if (service.state === "pending") return t("fatePending");
  if (service.state === "suspended") return t("fateSuspended");
  if (service.isEnding) return t("fateEnding");
  if (!service.isAutoRenew) return t("fateByHand");
  const renewals = runways.flatMap((runway) => runway.renewals);
  const renewal = renewals.find(({ serviceIds }) => serviceIds.includes(service.id));
  if (!renewal) return t("fateOpen");
  if (renewal.isCharged) return t("fateCharged");
  return t(renewal.isCovered ? "fateCovered" : "fateShort");
}
