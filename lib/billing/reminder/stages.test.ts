import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueStages, type Remindable, toTell } from "./stages";

const told: Remindable = { daysFromDue: -7, issueTold: -7, lastDue: null };
const stagesFrom = (first: number, last: number, changed: Partial<Remindable> = {}) => {
  let invoice: Remindable = { ...told, ...changed };
  const sent: string[] = [];
  for (let daysFromDue = first; daysFromDue <= last; daysFromDue += 1) {
    const { isIssue, stage } = toTell({ ...invoice, daysFromDue });
    if (isIssue) sent.push(`${daysFromDue} issued`);
    if (stage !== null) sent.push(`${daysFromDue} ${stage}`);
    if (isIssue) invoice = { ...invoice, issueTold: daysFromDue };
    if (stage !== null) invoice = { ...invoice, lastDue: stage };
  }
  return sent;
};

describe("an open invoice", () => {
  it("is told of when it was issued, three days before it is due, and on the day", () => {
    expect(stagesFrom(-7, 30, { issueTold: null })).toEqual(["-7 issued", "-3 -3", "0 0"]);
  });

  it("issued shortly before it is due has what it has reached in the same mail, and not again", () => {
    expect(stagesFrom(-3, 30, { issueTold: null })).toEqual(["-3 issued", "-3 -3", "0 0"]);
    expect(stagesFrom(-1, 30, { issueTold: null })).toEqual(["-1 issued", "-1 -3", "0 0"]);
  });

  it("of which somebody was told by hand is not told of for a day before that", () => {
    expect(stagesFrom(-1, 30, { issueTold: -2 })).toEqual(["0 0"]);
  });

  it("that a card is charged for is told of once, and reminded of when the card is not", () => {
    expect(stagesFrom(-7, 30, { issueTold: null, isCharged: true })).toEqual(["-7 issued"]);
    expect(stagesFrom(0, 30, { isCharged: false })).toEqual(["0 0"]);
  });

  it("has the days that its host or plan says", () => {
    expect(stagesFrom(-7, 30, { stages: [-7, -1, 5] })).toEqual(["-1 -1", "5 5"]);
  });

  it("tells each stage once and only the latest of those that were missed, whatever days the job runs on", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -10, max: 10 }), { minLength: 1, maxLength: 6 }),
        fc.uniqueArray(fc.integer({ min: -12, max: 20 }), { maxLength: 20 }),
        (stageDays, runs) => {
          const stages = stageDays.sort((a, b) => a - b);
          let invoice: Remindable = { daysFromDue: -12, issueTold: null, lastDue: null, stages };
          const sent: number[] = [];
          for (const daysFromDue of runs.sort((a, b) => a - b)) {
            const { isIssue, stage } = toTell({ ...invoice, daysFromDue });
            if (isIssue) invoice = { ...invoice, issueTold: daysFromDue };
            if (stage === null) continue;
            expect(stage).toBe(stages.findLast((day) => day <= daysFromDue));
            sent.push(stage);
            invoice = { ...invoice, lastDue: stage };
          }
          expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
          expect(sent.every((stage) => stages.includes(stage))).toBe(true);
        },
      ),
    );
  });

  it("has no stage of the old schedule", () => {
    expect(dueStages).toEqual([-3, 0]);
  });
});
