import { addCalendarDays, type CalendarDay, parseCalendarDay } from "@/lib/kernel/calendar";
import { type Currency, isCurrency } from "@/lib/kernel/money";

/** Which days a statement is asked for; a currency that is none is the customer's own. */
export interface StatementWish {
  readonly currency: Currency | null;
  readonly from: CalendarDay;
  readonly to: CalendarDay;
}

/** From an address: `month=2026-11`, or `from` and `to`. What is not understood becomes the month of `today`. */
export function statementWish(query: URLSearchParams, today: CalendarDay): StatementWish {
  const currency = query.get("currency") ?? "";
  const from = parseCalendarDay(query.get("from") ?? "");
  const to = parseCalendarDay(query.get("to") ?? "");
  const range =
    from && to && from <= to
      ? { from, to }
      : (monthOf(query.get("month") ?? "") ?? monthOf(today.slice(0, 7)) ?? { from: today, to: today });
  return { currency: isCurrency(currency) ? currency : null, ...range };
}

function monthOf(text: string): { from: CalendarDay; to: CalendarDay } | null {
  const from = parseCalendarDay(`${text}-01`);
  if (!from) return null;
  const next = addCalendarDays(from, 31);
  return { from, to: addCalendarDays(next, -Number(next.slice(8))) };
}
