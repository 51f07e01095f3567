"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Callout } from "@/components/ui/callout";
import type { PlanChangeWay } from "@/lib/portal/change-plan";

export interface PlanWish {
  planId: string | undefined;
  way: PlanChangeWay;
}

/** Whether what is picked in the form is still what the page was asked for. A plan that the service has cannot be picked. */
export function isStillWished(picked: { plan: unknown; way: unknown }, wish: PlanWish): boolean {
  return (typeof picked.plan !== "string" || picked.plan === wish.planId) && picked.way === wish.way;
}

/**
 * The choice of a plan beside what the page's address asks for. As soon as another plan or day is picked, what is shown is
 * withdrawn with its button: nobody agrees to a plan that is no longer selected. Give it the wish as its key.
 */
export function PlanChoiceArea({
  wish,
  choice,
  changed,
  children,
}: {
  wish: PlanWish;
  choice: ReactNode;
  /** What stands in place of what is withdrawn. */
  changed: string;
  children: ReactNode;
}) {
  const area = useRef<HTMLDivElement>(null);
  const [isWithdrawn, setIsWithdrawn] = useState(false);
  const look = () => {
    const form = area.current?.querySelector("form");
    if (!form || wish.planId === undefined) return;
    const picked = new FormData(form);
    setIsWithdrawn(!isStillWished({ plan: picked.get("plan"), way: picked.get("way") }, wish));
  };
  // A browser that comes back to the page may restore what was picked last.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks once; every change after that is heard.
  useEffect(look, []);
  return (
    <div className="grid gap-12 pb-16 lg:grid-cols-2">
      <div ref={area} onChange={look}>
        {choice}
      </div>
      {isWithdrawn ? (
        <Callout tone="calm" role="status" className="content-start self-start">
          <p>{changed}</p>
        </Callout>
      ) : (
        children
      )}
    </div>
  );
}
