import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { context } from "@/lib/auth/context";
import { requireCustomerOfFile } from "@/lib/auth/current";
import { calendarDay } from "@/lib/kernel/calendar";
import { statementWish } from "@/lib/paper/statement-range";
import { printStatement } from "@/lib/portal/papers";

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  const actor = await requireCustomerOfFile(request);
  const { clock, settings } = context();
  const wish = statementWish(searchParams, calendarDay(clock.now(), settings.timeZone));
  return answerPaper(printStatement(actor, wish, paperGiven()));
}
