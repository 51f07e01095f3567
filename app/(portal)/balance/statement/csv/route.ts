import { paperGiven } from "@/app/paper-given";
import { context } from "@/lib/auth/context";
import { requireCustomerOfFile } from "@/lib/auth/current";
import { calendarDay } from "@/lib/kernel/calendar";
import { csvAnswer } from "@/lib/paper/answer";
import { statementWish } from "@/lib/paper/statement-range";
import { statementCsv } from "@/lib/portal/print-csv";

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  const actor = await requireCustomerOfFile(request);
  const { clock, settings } = context();
  const wish = statementWish(searchParams, calendarDay(clock.now(), settings.timeZone));
  const { fileName, content } = await statementCsv(actor, wish, paperGiven());
  return csvAnswer(fileName, content);
}
