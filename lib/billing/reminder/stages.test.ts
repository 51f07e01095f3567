import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueStages, lowStages, type Remindable, stageToSend } from "./stages";

const nothingSent = { lastDue: null, lastLow: null };

/** What goes out when the job runs on these days, one after the other. */
function sentOn(days: readonly number[], isAutoRenew: (day: number) => boolean): string[] {
  const state: Pick<Remindable, "lastDue" | "lastLow"> = { ...nothingSent };
  return days.flatMap((daysFromDue) => {
    const due = stageToSend({ ...state, daysFromDue, isAutoRenew: isAutoRenew(daysFromDue) });
    if (!due) return [];
    if (due.kind === "balance_low") state.lastLow = due.stage;
    else state.lastDue = due.stage;
    return [`${due.kind} ${due.stage}`];
  });
}

const everyDay = Array.from({ length: 30 }, (_, index) => index - 12);

describe("the stages of reminding", () => {
  it("are 7, 3 and 1 days ahead of due, on the day, and 1 and 3 after it", () => {
    expect(sentOn(everyDay, () => false)).toEqual(dueStages.map((stage) => `invoice_due ${stage}`));
  });

  it("speak of the balance while the invoice renews by itself, and of the invoice once it is overdue", () => {
    const all = [...lowStages.map((stage) => `balance_low ${stage}`), "invoice_due 1", "invoice_due 3"];
    expect(sentOn(everyDay, () => true)).toEqual(all);
  });

  it("are not made up for: after a pause the latest goes out alone", () => {
    expect(sentOn([-9, 2], () => false)).toEqual(["invoice_due 1"]);
    expect(sentOn([40], () => false)).toEqual(["invoice_due 3"]);
  });

  it("are not sent again for a day that lies behind when auto-renew is switched off", () => {
    expect(sentOn([-3, -2, -1], (day) => day < -2)).toEqual(["balance_low -3", "invoice_due -1"]);
  });

  it("go out each once, in order, at most one a day, whatever days the job runs and however auto-renew is switched", () => {
    const runs = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(runs, (unsorted) => {
        const sorted = [...unsorted].sort(([a], [b]) => a - b);
        let at = 0;
        const sent = sentOn(
          sorted.map(([day]) => day),
          () => sorted[at++]?.[1] ?? false,
        );
        expect(new Set(sent).size).toBe(sent.length);
        const stages = sent.map((text) => Number(text.split(" ")[1]));
        expect(stages).toEqual([...stages].sort((a, b) => a - b));
      }),
    );
  });

  it("leave nobody untold: an invoice that is looked at on every day has heard the last stage", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (switched) => {
        const sent = sentOn(everyDay, () => switched.next().value ?? false);
        expect(sent).toContain("invoice_due 3");
      }),
    );
  });
});
