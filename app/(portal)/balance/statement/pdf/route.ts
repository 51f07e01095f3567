import { notFound } from "next/navigation";
import { paperGiven } from "@/app/paper-given";
import { context } from "@/lib/auth/context";
import { requireCustomer } from "@/lib/auth/current";
import { calendarDay } from "@/lib/kernel/calendar";
import { paperAnswer } from "@/lib/paper/answer";
import { statementWish } from "@/lib/paper/statement-range";
import { printStatement } from "@/lib/portal/papers";

export async function GET(request: Request) {
  const { search, searchParams } = new URL(request.url);
  const actor = await requireCustomer(`/balance/statement/pdf${search}`);
  const { clock, settings } = context();
  const wish = statementWish(searchParams, calendarDay(clock.now(), settings.timeZone));
  return paperAnswer((await printStatement(actor, wish, paperGiven())) ?? notFound());
}
