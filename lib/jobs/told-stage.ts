import type { NewReminder } from "@/lib/billing/reminder/record-reminders";
import type { CalendarDay } from "@/lib/kernel/calendar";

/** A stage that the morning's mail is to tell, as it was recorded. */
export interface ToldStage {
  kind: NewReminder["kind"];
  subjectId: string;
  /** Of a shortfall or a card. */
  day: CalendarDay | null;
}
