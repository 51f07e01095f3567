import { useTranslations } from "next-intl";
import { AutoRenew } from "@/components/service/auto-renew";
import type { SwitchAction } from "@/components/service/auto-renew-switch";
import { NotBegun } from "@/components/service/not-begun";
import { PriceAhead } from "@/components/service/price-ahead";
import { Amount } from "@/components/ui/amount";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import { Due, useDaysFromNow } from "@/components/ui/due";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceRow, ServiceState } from "@/lib/portal/shapes";

interface ServiceTableProps {
  services: readonly ServiceRow[];
  /** Null for members who only look. */
  onSwitch: SwitchAction | null;
  canPay: boolean;
}

/** What runs, at which price, and until when it is paid. */
export function ServiceTable({ services, onSwitch, canPay }: ServiceTableProps) {
  const t = useTranslations("services");
  return (
    <Table>
      <caption className="sr-only">{t("list")}</caption>
      <TableHead>
        <Column>{t("service")}</Column>
        <Column>{t("price")}</Column>
        <Column>{t("expires")}</Column>
        <Column className="whitespace-nowrap">{t("autoRenew")}</Column>
        <Column>{t("state")}</Column>
        <Column className="whitespace-nowrap">{t("openInvoice")}</Column>
      </TableHead>
      <TableBody>
        {services.map((service) => (
          <ServiceTableRow key={service.id} service={service} onSwitch={onSwitch} canPay={canPay} />
        ))}
      </TableBody>
    </Table>
  );
}

function ServiceTableRow({
  service,
  onSwitch,
  canPay,
}: { service: ServiceRow } & Pick<ServiceTableProps, "onSwitch" | "canPay">) {
  const t = useTranslations("services");
  const terms = useTranslations("term");
  const { price, term, expiresAt, state, openInvoiceNumber } = service;
  const isRunning = state === "active" || state === "suspended";
  return (
    <Row className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
      <Cell>
        <TextLink href={`/services/${service.id}`} className="break-words">
          <bdi>{service.label}</bdi>
        </TextLink>
        <span className="block text-ink-soft text-sm" dir="auto">
          {service.planName}
        </span>
      </Cell>
      <Cell className="max-sm:order-2 max-sm:text-sm">
        {price ? (
          <>
            {t.rich("perTerm", {
              price: () => <Amount of={price} />,
              term: () => <span className="text-ink-soft">{terms(term.unit, { count: term.count })}</span>,
            })}{" "}
            <TaxMark is="net" />
          </>
        ) : (
          <span className="text-ink-soft">{t("noPrice")}</span>
        )}
        <PriceAhead of={service.nextPrice} />
      </Cell>
      <Cell className="max-sm:order-3 max-sm:justify-self-end max-sm:text-right max-sm:text-sm">
        {expiresAt ? (
          <Expiry at={expiresAt} isRunning={isRunning} />
        ) : (
          <span className="text-ink-soft">
            <NotBegun state={state} voidsAt={service.voidsAt} />
          </span>
        )}
      </Cell>
      <Cell className="max-sm:order-4 max-sm:text-ink-soft max-sm:text-sm">
        {service.isEnding ? (
          t("ending")
        ) : (
          <span className="max-sm:flex max-sm:items-center max-sm:gap-1.5">
            <span className="sm:hidden">{t("autoRenew")}: </span>
            <AutoRenew service={service} onSwitch={onSwitch} />
          </span>
        )}
      </Cell>
      <Cell className="max-sm:order-1 max-sm:justify-self-end">
        <ServiceStateBadge state={state} />
      </Cell>
      <Cell className="max-sm:order-5 max-sm:justify-self-end max-sm:text-sm">
        {openInvoiceNumber ? (
          <TextLink
            href={`/invoices/${encodeURIComponent(openInvoiceNumber)}`}
            className="figures whitespace-nowrap"
          >
            {openInvoiceNumber}
          </TextLink>
        ) : (
          canPay &&
          service.isRenewable &&
          !service.isBeingPaid && (
            <TextLink
              href={`/services/${service.id}/renew`}
              aria-label={t("renewOf", { label: service.label })}
              className="whitespace-nowrap"
            >
              {t("renewNow")}
            </TextLink>
          )
        )}
      </Cell>
    </Row>
  );
}

function Expiry({ at, isRunning }: { at: Date; isRunning: boolean }) {
  const t = useTranslations("services");
  const isPast = useDaysFromNow(at) < 0;
  return (
    <>
      <span className="text-ink-soft sm:hidden">{t(isPast ? "expired" : "expires")} </span>
      <Due at={at} isUrgent={isRunning} />
    </>
  );
}

export function ServiceStateBadge({ state }: { state: ServiceState }) {
  const t = useTranslations("serviceState");
  return <Badge {...looks[state]}>{t(state)}</Badge>;
}

const looks = {
  pending: { tone: "plain", shape: "ring" },
  active: { tone: "good", shape: "disc" },
  suspended: { tone: "bad", shape: "bars" },
  terminated: { tone: "gone", shape: "square" },
  canceled: { tone: "gone", shape: "slash" },
} as const satisfies Record<ServiceState, { tone: Tone; shape: Shape }>;
