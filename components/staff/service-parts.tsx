import { useTranslations } from "next-intl";
import { NotBegun } from "@/components/service/not-begun";
import { PriceAhead } from "@/components/service/price-ahead";
import { PutOff } from "@/components/service/put-off";
import { StepName } from "@/components/service/step-name";
import { Amount } from "@/components/ui/amount";
import { Day } from "@/components/ui/day";
import { Due } from "@/components/ui/due";
import { Fact, Facts } from "@/components/ui/facts";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import type { StaffService } from "@/lib/admin/show-service";

interface PartProps {
  service: StaffService;
}

/** A hold ends with a day: the instant that is kept is the next one's first. */
const lastMomentOf = (until: Date) => new Date(until.getTime() - 1);

/** What it costs, until when it is paid, and whether it goes on. */
export function ServiceFacts({ service }: PartProps) {
  const t = useTranslations("staffService");
  const services = useTranslations("services");
  const terms = useTranslations("term");
  const {
    price,
    nextPrice,
    term,
    expiresAt,
    isAutoRenew,
    cancelRequestedAt,
    createdAt,
    nextPlan,
    holdUntil,
  } = service;
  return (
    <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-4">
      <Fact name={services("price")}>
        {price ? <Amount of={price} /> : services("noPrice")}{" "}
        <span className="text-ink-soft text-sm">{terms(term.unit, { count: term.count })}</span>{" "}
        {price && <TaxMark is="net" />}
        <PriceAhead of={nextPrice} />
      </Fact>
      <Fact name={services("expires")}>
        {expiresAt ? (
          <Due at={expiresAt} isUrgent={service.state === "active"} />
        ) : (
          <NotBegun state={service.state} voidsAt={null} />
        )}
      </Fact>
      <Fact name={services("autoRenew")}>
        {cancelRequestedAt ? services("ending") : services(isAutoRenew ? "autoRenewOn" : "autoRenewOff")}
      </Fact>
      <Fact name={t("ordered")}>
        <Day at={createdAt} />
      </Fact>
      {service.suspendedAt && (
        <Fact name={t("suspendedSince")}>
          <Day at={service.suspendedAt} />
        </Fact>
      )}
      {holdUntil && (
        <Fact name={t("heldUntil")}>
          <Day at={lastMomentOf(holdUntil)} />
        </Fact>
      )}
      {service.ownGraceDays > 0 && <Fact name={t("ownGrace")}>{service.ownGraceDays}</Fact>}
      {nextPlan && (
        <Fact name={t("nextPlan")}>
          <span dir="auto">{nextPlan.name}</span>
          <span className="block text-ink-soft text-sm">
            <Day at={nextPlan.from} />
          </span>
        </Fact>
      )}
    </Facts>
  );
}

/** What happens to it next and when, if nobody does anything. */
export function ServiceNext({ service }: PartProps) {
  return (
    <ol className="grid max-w-lg gap-2">
      {service.next.map((step) => (
        <li key={step.kind} className="flex items-baseline justify-between gap-4 border-b py-1.5">
          <span>
            <StepName step={step} />
            {step.putOffBy && (
              <span className="text-ink-soft text-sm">
                <PutOff by={step.putOffBy} isForStaff />
              </span>
            )}
          </span>
          <span className="text-right text-sm">
            <Due at={step.at} isUrgent={false} />
          </span>
        </li>
      ))}
    </ol>
  );
}

export function ServiceTerms({ service }: PartProps) {
  const t = useTranslations("service");
  return (
    <Table aria-label={t("terms")}>
      <TableHead>
        <Column>{t("from")}</Column>
        <Column>{t("to")}</Column>
        <Column>{t("invoice")}</Column>
      </TableHead>
      <TableBody>
        {service.terms.map(({ startsAt, endsAt, invoiceNumber }) => (
          <Row key={startsAt.getTime()} className="max-sm:grid-cols-2">
            <Cell>
              <Day at={startsAt} />
            </Cell>
            <Cell>
              <Day at={endsAt} />
            </Cell>
            <Cell className="max-sm:col-span-2">
              <InvoiceLink service={service} number={invoiceNumber} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

export function ServiceRenewals({ service }: PartProps) {
  const t = useTranslations("staffService");
  return (
    <Table aria-label={t("renewals")}>
      <TableHead>
        <Column>{t("termFrom")}</Column>
        <Column>{t("renewalState")}</Column>
        <Column>{t("invoice")}</Column>
      </TableHead>
      <TableBody>
        {service.renewals.map(({ termStartsAt, state, invoiceNumber }) => (
          <Row key={termStartsAt.getTime()} className="max-sm:grid-cols-2">
            <Cell>
              <Day at={termStartsAt} />
            </Cell>
            <Cell>{t(`renewal_${state}`)}</Cell>
            <Cell className="max-sm:col-span-2">
              {invoiceNumber ? <InvoiceLink service={service} number={invoiceNumber} /> : "–"}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function InvoiceLink({ service, number }: PartProps & { number: string }) {
  const customer = `/admin/customers/${encodeURIComponent(service.customerReference)}`;
  return (
    <TextLink href={`${customer}/invoices/${encodeURIComponent(number)}`} className="figures">
      {number}
    </TextLink>
  );
}
