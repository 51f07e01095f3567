import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReminderDays, reminderDaysFar, reminderDaysMost } from "./reminder-days";
import { dueStages, toTell } from "./stages";

describe("days of reminding as somebody types them", () => {
  it("are read however they are separated, each once and in order", () => {
    for (const text of ["-7, -3,-1 0 +1;3", "3、1，0 −1 −3 −7", " -7 -3 -3 -1 -0 1 3 "]) {
      expect(parseReminderDays(text)).toEqual({ ok: true, value: [-7, -3, -1, 0, 1, 3] });
    }
  });

  it.each([
    ["", "reminder_days_malformed"],
    ["soon", "reminder_days_malformed"],
    ["1.5", "reminder_days_malformed"],
    ["--1", "reminder_days_malformed"],
    ["-61, 1", "reminder_days_too_far"],
    ["1 2 3 4 5 6 7 8 9 10 11 12 13", "reminder_days_too_many"],
  ])("%j is refused: %s", (text, code) => {
    expect(parseReminderDays(text)).toMatchObject({ ok: false, refusal: { code } });
  });

  it("come back as they were written, and each goes out once, on its day", () => {
    const days = fc.uniqueArray(fc.integer({ min: -reminderDaysFar, max: reminderDaysFar }), {
      minLength: 1,
      maxLength: reminderDaysMost,
    });
    fc.assert(
      fc.property(days, (some) => {
        const stages = [...some].sort((a, b) => a - b);
        expect(parseReminderDays(some.join(", "))).toEqual({ ok: true, value: stages });
        const sent: number[] = [];
        for (let daysFromDue = -70; daysFromDue <= 70; daysFromDue += 1) {
          const { stage } = toTell({ daysFromDue, issueTold: -70, lastDue: sent.at(-1) ?? null, stages });
          if (stage === null) continue;
          expect(stage).toBe(daysFromDue);
          sent.push(stage);
        }
        expect(sent).toEqual(stages);
      }),
    );
  });

  it("are the usual ones where nobody says any", () => {
    expect([...dueStages]).toEqual([-3, 0]);
  });
});
