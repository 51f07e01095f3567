import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Callout } from "@/components/ui/callout";
import { Day } from "@/components/ui/day";
import type { Endpoint } from "@/lib/admin/webhooks";

interface EndpointListProps {
  endpoints: readonly Endpoint[];
  /** The form that ends one; null for those who may not. */
  end: ((id: string) => ReactNode) | null;
  /** The form that gives one a new secret; null for those who may not. */
  renew: ((id: string) => ReactNode) | null;
}

/** The endpoints of the host, and how much waits for each. */
export function EndpointList({ endpoints, end, renew }: EndpointListProps) {
  const t = useTranslations("webhooks");
  return (
    <ul className="grid">
      {endpoints.map(({ id, url, note, createdAt, disabledAt, waiting, parked, isUnreadable }) => (
        <li
          key={id}
          className="grid gap-x-6 gap-y-2 border-line border-t py-4 sm:grid-cols-[minmax(0,1fr)_auto]"
        >
          <div className="min-w-0">
            <p className="break-all font-medium">{url}</p>
            <p className="text-ink-soft text-sm">
              {note && <span dir="auto">{note} · </span>}
              {t.rich("since", { day: () => <Day at={createdAt} /> })}
            </p>
            <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
              {disabledAt ? (
                <Badge tone="gone" shape="slash">
                  {t("isEnded")}
                </Badge>
              ) : (
                <Badge tone="good" shape="disc">
                  {t("isOn")}
                </Badge>
              )}
              {waiting > 0 && <span>{t("waitingCount", { count: waiting })}</span>}
              {parked > 0 && <span className="text-bad">{t("parkedCount", { count: parked })}</span>}
            </p>
            {isUnreadable && (
              <Callout tone="bad">
                <p>{t("unreadable")}</p>
              </Callout>
            )}
            {renew && !disabledAt && <div className="mt-2">{renew(id)}</div>}
          </div>
          {end && !disabledAt && <div>{end(id)}</div>}
        </li>
      ))}
    </ul>
  );
}
