import { useLocale, useTranslations } from "next-intl";
import { Badge } from "@/components/ui/badge";
import { Moment } from "@/components/ui/day";
import { TextLink } from "@/components/ui/text-link";
import type { ShownInvariant, ShownViolation } from "@/lib/admin/check-books";

/** Each invariant of the books with its last check, and the rows that break it. */
export function InvariantList({ invariants }: { invariants: readonly ShownInvariant[] }) {
  return (
    <ol className="grid border-t pb-16">
      {invariants.map((invariant) => (
        <Invariant key={invariant.name} invariant={invariant} />
      ))}
    </ol>
  );
}

const numbers = ["1", "2", "3", "4", "5", "6", "7", "8"] as const;

function Invariant({ invariant: { name, last } }: { invariant: ShownInvariant }) {
  const t = useTranslations("books");
  const locale = useLocale();
  // Their names begin with the number that domain.md gives them.
  const number = numbers.find((one) => name.startsWith(`${one} `));
  return (
    <li className="border-b py-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p className="font-medium">
          {number && <span className="figures mr-2 text-ink-soft">{number}</span>}
          {number ? t(`invariant_${number}`) : name}
        </p>
        {last === null ? (
          <Badge tone="gone" shape="ring">
            {t("never")}
          </Badge>
        ) : last.violationCount > 0 ? (
          <Badge tone="bad" shape="triangle">
            {t("violations", { count: last.violationCount })}
          </Badge>
        ) : (
          <Badge tone="good" shape="tick">
            {t("holds")}
          </Badge>
        )}
      </div>
      {last && (
        <p className="text-ink-soft text-sm">
          <Moment at={last.at} /> · {t(last.isFull ? "full" : "since")} ·{" "}
          {t("looked", { count: last.checked.toLocaleString(locale) })}
        </p>
      )}
      {last && last.violations.length > 0 && (
        <ul className="mt-3 grid gap-3">
          {last.violations.map((violation) => (
            <Violation key={`${violation.rule} ${violation.subjectId}`} violation={violation} />
          ))}
          {last.violationCount > last.violations.length && (
            <li className="text-ink-soft text-sm">
              {t("more", { count: last.violationCount - last.violations.length })}
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Violation({ violation }: { violation: ShownViolation }) {
  const { rule, subject, subjectId, customer, detail } = violation;
  return (
    <li className="rounded-md bg-bad-soft px-4 py-3 text-sm">
      <p className="font-medium">{rule}</p>
      <p className="break-all">
        {subject} {subjectId}
        {customer && (
          <>
            {" · "}
            <TextLink href={`/admin/customers/${encodeURIComponent(customer.reference)}`}>
              <span dir="auto">{customer.name}</span>
            </TextLink>
          </>
        )}
      </p>
      <p className="break-all text-ink-soft">
        {Object.entries(detail)
          .map(([key, value]) => `${key} = ${value}`)
          .join(" · ")}
      </p>
    </li>
  );
}
