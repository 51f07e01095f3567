import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { printStatement } from "@/lib/admin/papers";
import { context } from "@/lib/auth/context";
import { requireStaff } from "@/lib/auth/current";
import { calendarDay } from "@/lib/kernel/calendar";
import { statementWish } from "@/lib/paper/statement-range";

export async function GET(request: Request, { params }: { params: Promise<{ reference: string }> }) {
  const { reference } = await params;
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}`);
  const { clock, settings } = context();
  const today = calendarDay(clock.now(), settings.timeZone);
  const wish = statementWish(new URL(request.url).searchParams, today);
  return answerPaper(printStatement(actor, { reference, wish }, paperGiven()));
}
