import { useTranslations } from "next-intl";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import type { InvoiceStatus } from "@/lib/portal/shapes";

export function InvoiceStatusBadge({ status }: { status: InvoiceStatus }) {
  const t = useTranslations("status");
  return <Badge {...looks[status]}>{t(status)}</Badge>;
}

const looks = {
  open: { tone: "plain", shape: "ring" },
  past_due: { tone: "bad", shape: "triangle" },
  partly_paid: { tone: "warn", shape: "half" },
  in_progress: { tone: "calm", shape: "dots" },
  paid: { tone: "good", shape: "tick" },
  void: { tone: "gone", shape: "slash" },
  written_off: { tone: "gone", shape: "square" },
} as const satisfies Record<InvoiceStatus, { tone: Tone; shape: Shape }>;
