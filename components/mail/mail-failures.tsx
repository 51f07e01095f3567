import { useTranslations } from "next-intl";
import { Moment } from "@/components/ui/day";

interface Failure {
  readonly address: string;
  readonly isCopy: boolean;
  readonly kind: "refused" | "bounced" | "delayed";
  readonly reason: string;
  readonly notedAt: Date;
}

interface MailFailuresProps {
  failures: readonly Failure[];
  /** What they are of: one mail that stands beside it, or whatever was last sent there. */
  of: "this" | "last";
}

/** A sentence for each address that a mail did not reach, with what the other mail server said of it. */
export function MailFailures({ failures, of }: MailFailuresProps) {
  const t = useTranslations("mailFailures");
  return (
    <ul className="grid max-w-prose gap-2">
      {failures.map(({ address, isCopy, kind, reason, notedAt }) => (
        <li key={`${isCopy} ${address}`} className="break-words">
          {of === "last"
            ? t(`last_${kind}`, { address })
            : t(`${isCopy ? "copy" : "own"}_${kind}`, { address })}{" "}
          <Moment at={notedAt} className="whitespace-nowrap text-ink-soft text-sm" />
          {reason && (
            <span className="block text-ink-soft text-sm">
              {t("said")} <q lang="en">{reason}</q>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
