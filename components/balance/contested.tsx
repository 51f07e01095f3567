import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { Day } from "@/components/ui/day";
import { isPositive } from "@/lib/kernel/money";
import type { ContestedCharge } from "@/lib/portal/shapes";

/** What the customer's bank asks back and has not decided on, in words. */
export function Contested({ contested }: { contested: readonly ContestedCharge[] }) {
  const t = useTranslations("balance");
  return contested.map(({ id, amount, held, paidAt }) => {
    const facts = {
      amount: () => <Amount of={amount} />,
      held: () => <Amount of={held} />,
      date: () => <Day at={paidAt} />,
    };
    return (
      <Callout key={id} tone="warn" className="mb-6 max-w-3xl">
        <p>{t.rich(isPositive(held) ? "contested" : "contestedNothing", facts)}</p>
      </Callout>
    );
  });
}
