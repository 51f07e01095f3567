import { useTranslations } from "next-intl";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";

type EventState = "waiting" | "parked" | "done" | "ignored";

/** What became of an event of Stripe's. */
export function EventStateBadge({ state }: { state: EventState }) {
  const t = useTranslations("events");
  return <Badge {...looks[state]}>{t(`state_${state}`)}</Badge>;
}

const looks = {
  waiting: { tone: "calm", shape: "dots" },
  parked: { tone: "bad", shape: "bars" },
  done: { tone: "good", shape: "tick" },
  ignored: { tone: "gone", shape: "slash" },
} as const satisfies Record<EventState, { tone: Tone; shape: Shape }>;
