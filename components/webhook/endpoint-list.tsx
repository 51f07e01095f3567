import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Day } from "@/components/ui/day";
import type { Endpoint } from "@/lib/admin/webhooks";

interface EndpointListProps {
  endpoints: readonly Endpoint[];
  /** The form that ends one; null for those who may not. */
  end: ((endpoint: Endpoint) => ReactNode) | null;
  /** The form that gives one a new secret; null for those who may not. */
  renew: ((endpoint: Endpoint) => ReactNode) | null;
}

/** The endpoints of the host, and how much waits for each. */
export function EndpointList({ endpoints, end, renew }: EndpointListProps) {
  const t = useTranslations("webhooks");
  return (
    <ul className="grid">
      {endpoints.map((endpoint) => (
        <li
          key={endpoint.id}
          className="grid gap-x-6 gap-y-2 border-line border-t py-4 sm:grid-cols-[minmax(0,1fr)_auto]"
        >
          <div className="min-w-0">
            <p className="break-all font-medium">{endpoint.url}</p>
            <p className="text-ink-soft text-sm">
              {endpoint.note && <span dir="auto">{endpoint.note} · </span>}
              {t.rich("since", { day: () => <Day at={endpoint.createdAt} /> })}
            </p>
            <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
              {endpoint.disabledAt ? (
                <Badge tone="gone" shape="slash">
                  {t("isEnded")}
                </Badge>
              ) : (
                <Badge tone="good" shape="disc">
                  {t("isOn")}
                </Badge>
              )}
              {endpoint.waiting > 0 && <span>{t("waitingCount", { count: endpoint.waiting })}</span>}
              {endpoint.parked > 0 && (
                <span className="text-bad">{t("parkedCount", { count: endpoint.parked })}</span>
              )}
            </p>
            {endpoint.isUnreadable && (
              <Callout tone="bad">
                <p>{t("unreadable")}</p>
              </Callout>
            )}
            {renew && !endpoint.disabledAt && <div className="mt-2">{renew(endpoint)}</div>}
          </div>
          {end && !endpoint.disabledAt && <div>{end(endpoint)}</div>}
        </li>
      ))}
    </ul>
  );
}
