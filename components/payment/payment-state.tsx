import { useTranslations } from "next-intl";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import type { PaymentState } from "@/lib/portal/shapes";

export function PaymentStateBadge({ state }: { state: PaymentState }) {
  const t = useTranslations("paymentState");
  return <Badge {...looks[state]}>{t(state)}</Badge>;
}

const looks = {
  created: { tone: "calm", shape: "ring" },
  sent: { tone: "calm", shape: "ring" },
  requires_action: { tone: "warn", shape: "bars" },
  processing: { tone: "calm", shape: "dots" },
  unknown: { tone: "warn", shape: "dots" },
  succeeded: { tone: "good", shape: "tick" },
  failed: { tone: "bad", shape: "triangle" },
  canceled: { tone: "gone", shape: "slash" },
  expired: { tone: "gone", shape: "slash" },
} as const satisfies Record<PaymentState, { tone: Tone; shape: Shape }>;
