import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CalendarDay, TermLength } from "@/lib/kernel/calendar";
import {
  addCalendarDays,
  addDays,
  anchorDayOf,
  calendarDay,
  daysBetween,
  isTimeZone,
  parseCalendarDay,
  startOfDay,
  termEnd,
} from "@/lib/kernel/calendar";

/*
 * The model: slow, obvious, and built on nothing but what Intl shows on a wall clock. A local time is found by trying
 * every offset, a month is counted on fingers.
 */
const quarterMs = 15 * 60_000;
const dayMs = 24 * 60 * 60_000;

/** The wall clock at the instant, written as if it were UTC. */
function wallMs(instantMs: number, timeZone: string): number {
  const parts = wallClock(timeZone).formatToParts(instantMs);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [read("year"), read("month"), read("day")];
  const time = [read("hour"), read("minute"), read("second")] as const;
  return Date.UTC(year, month - 1, day, ...time, ((instantMs % 1000) + 1000) % 1000);
}

const wallClocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string): Intl.DateTimeFormat {
  const known = wallClocks.get(timeZone);
  if (known) return known;
  const numeric = "numeric" as const;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  wallClocks.set(timeZone, made);
  return made;
}

/** The first instant at which the wall clock shows that; if it is skipped, as much later as was skipped. */
function instantAtWall(wall: number, timeZone: string): number {
  for (let offset = 15 * 3_600_000; offset >= -15 * 3_600_000; offset -= quarterMs) {
    if (wallMs(wall - offset, timeZone) === wall) return wall - offset;
  }
  const before = wall - 2 * dayMs;
  return wall - (wallMs(before, timeZone) - before);
}

function modelDay(instantMs: number, timeZone: string): string {
  return new Date(wallMs(instantMs, timeZone)).toISOString().slice(0, 10);
}

function modelStartOfDay(day: string, timeZone: string): number {
  let instantMs = Date.parse(`${day}T00:00:00Z`) - 15 * 3_600_000;
  while (modelDay(instantMs, timeZone) < day) instantMs += quarterMs;
  return instantMs;
}

function modelAt(startMs: number, day: string, timeZone: string): number {
  if (startMs === modelStartOfDay(modelDay(startMs, timeZone), timeZone))
    return modelStartOfDay(day, timeZone);
  const wall = wallMs(startMs, timeZone);
  return instantAtWall(Date.parse(`${day}T00:00:00Z`) + (((wall % dayMs) + dayMs) % dayMs), timeZone);
}

function modelTermEnd(startMs: number, length: TermLength, anchorDay: number, timeZone: string): number {
  const startDay = modelDay(startMs, timeZone);
  if (length.unit === "day") {
    const day = new Date(Date.parse(`${startDay}T00:00:00Z`) + length.count * dayMs)
      .toISOString()
      .slice(0, 10);
    return modelAt(startMs, day, timeZone);
  }
  let [year, month] = [Number(startDay.slice(0, 4)), Number(startDay.slice(5, 7))];
  for (let left = length.count * (length.unit === "year" ? 12 : 1); left > 0; left--) {
    month += 1;
    if (month === 13) [year, month] = [year + 1, 1];
  }
  return modelAt(startMs, spell(year, month, Math.min(anchorDay, daysIn(year, month))), timeZone);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function spell(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

// Skipped midnights (Cairo, Santiago, Sao Paulo, Havana, Beirut), half and quarter hours (Kathmandu, Lord Howe,
// St Johns, which turned back across midnight), a skipped day (Apia), and places where people have servers.
const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "Asia/Shanghai",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Santiago",
  "America/Sao_Paulo",
  "America/Havana",
  "Asia/Beirut",
  "Pacific/Apia",
  "Pacific/Kiritimati",
];
const zone = fc.constantFrom(...zones);
const from = Date.parse("1995-01-01T00:00:00Z");
const until = Date.parse("2045-01-01T00:00:00Z");
/** Any millisecond, and often a quarter of an hour, where the rare things happen. */
const instantMs = fc.oneof(
  fc.integer({ min: from, max: until }),
  fc.integer({ min: from / quarterMs, max: until / quarterMs }).map((quarter) => quarter * quarterMs),
);
const dayIn = fc.integer({ min: from / dayMs, max: until / dayMs }).map((n) => utcDay(n * dayMs));
const length = fc.oneof(
  fc.record({ unit: fc.constant("day" as const), count: fc.integer({ min: 1, max: 800 }) }),
  fc.record({ unit: fc.constant("month" as const), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ unit: fc.constant("year" as const), count: fc.integer({ min: 1, max: 5 }) }),
);
const anchor = fc.integer({ min: 1, max: 31 });
const month: TermLength = { unit: "month", count: 1 };

function utcDay(ms: number): CalendarDay {
  return new Date(ms).toISOString().slice(0, 10) as CalendarDay;
}

/** The starts of so many terms in a row. */
function chain(
  start: string,
  each: TermLength,
  anchorDay: number,
  timeZone: string,
  count: number,
): string[] {
  let at = new Date(start);
  return Array.from({ length: count }, () => {
    at = termEnd(at, each, anchorDay, timeZone);
    return at.toISOString();
  });
}

test("the day of one instant is each zone's own, asked one after another", () => {
  const instant = new Date("2026-03-10T23:30:00Z");
  const days = ["UTC", "Asia/Tokyo", "UTC", "America/Los_Angeles", "Asia/Tokyo"].map((timeZone) =>
    calendarDay(instant, timeZone),
  );
  expect(days).toEqual(["2026-03-10", "2026-03-11", "2026-03-10", "2026-03-10", "2026-03-11"]);
});

describe("against the slow and obvious model", () => {
  test("the day of an instant, and its day of the month", () => {
    fc.assert(
      fc.property(instantMs, zone, (ms, timeZone) => {
        const day = modelDay(ms, timeZone);
        expect(calendarDay(new Date(ms), timeZone)).toBe(day);
        expect(anchorDayOf(new Date(ms), timeZone)).toBe(Number(day.slice(8)));
      }),
    );
  });

  test("the start of a day is its first instant", () => {
    fc.assert(
      fc.property(dayIn, zone, (day, timeZone) => {
        expect(startOfDay(day, timeZone).getTime()).toBe(modelStartOfDay(day, timeZone));
      }),
    );
  });

  test("days later", () => {
    fc.assert(
      fc.property(instantMs, fc.integer({ min: -400, max: 400 }), zone, (ms, days, timeZone) => {
        const day = utcDay(Date.parse(`${modelDay(ms, timeZone)}T00:00:00Z`) + days * dayMs);
        expect(addDays(new Date(ms), days, timeZone).getTime()).toBe(modelAt(ms, day, timeZone));
      }),
    );
  });

  test("the end of a term", () => {
    fc.assert(
      fc.property(instantMs, length, anchor, zone, (ms, each, anchorDay, timeZone) => {
        const end = termEnd(new Date(ms), each, anchorDay, timeZone).getTime();
        expect(new Date(end)).toEqual(new Date(modelTermEnd(ms, each, anchorDay, timeZone)));
      }),
      { numRuns: 400 },
    );
  });
});

describe("terms", () => {
  test("a chain of terms only moves on, each starting where the last one ended", () => {
    fc.assert(
      fc.property(instantMs, length, anchor, zone, (ms, each, anchorDay, timeZone) => {
        let startsAt = new Date(ms);
        for (let term = 0; term < 6; term++) {
          const endsAt = termEnd(startsAt, each, anchorDay, timeZone);
          expect(endsAt.getTime()).toBeGreaterThan(startsAt.getTime());
          startsAt = endsAt;
        }
      }),
    );
  });

  test("of two terms of a service, the one that starts later ends on no earlier day", () => {
    fc.assert(
      fc.property(
        instantMs,
        fc.nat({ max: 60 * 24 }),
        length,
        anchor,
        zone,
        (ms, hours, each, anchorDay, timeZone) => {
          fc.pre(
            calendarDay(new Date(ms), timeZone) <= calendarDay(new Date(ms + hours * 3_600_000), timeZone),
          );
          const [first, second] = [ms, ms + hours * 3_600_000].map((start) =>
            calendarDay(termEnd(new Date(start), each, anchorDay, timeZone), timeZone),
          );
          expect(first && second && first <= second).toBe(true);
        },
      ),
    );
  });

  test("twelve terms of a month end with one term of a year, whatever the anchor day", () => {
    fc.assert(
      fc.property(dayIn, zone, (day, timeZone) => {
        fc.pre(timeZone !== "Pacific/Apia");
        const startsAt = startOfDay(day, timeZone);
        const anchorDay = anchorDayOf(startsAt, timeZone);
        const months = chain(startsAt.toISOString(), month, anchorDay, timeZone, 12);
        const year = termEnd(startsAt, { unit: "year", count: 1 }, anchorDay, timeZone);
        expect(months.at(-1)).toBe(year.toISOString());
      }),
    );
  });

  test("the anchor day is kept through shorter months", () => {
    const ends = chain("2027-01-31T10:30:00Z", month, 31, "UTC", 5).map((end) => end.slice(0, 16));
    expect(ends).toEqual([
      "2027-02-28T10:30",
      "2027-03-31T10:30",
      "2027-04-30T10:30",
      "2027-05-31T10:30",
      "2027-06-30T10:30",
    ]);
  });

  test("a leap day is kept by years", () => {
    const ends = chain("2028-02-29T00:00:00Z", { unit: "year", count: 1 }, 29, "UTC", 4);
    expect(ends.map((end) => end.slice(0, 10))).toEqual([
      "2029-02-28",
      "2030-02-28",
      "2031-02-28",
      "2032-02-29",
    ]);
  });

  test("local time of day is kept through daylight saving", () => {
    expect(chain("2027-03-10T09:00:00Z", month, 10, "Europe/Berlin", 1)).toEqual([
      "2027-04-10T08:00:00.000Z",
    ]);
    expect(chain("2027-10-10T08:00:00Z", month, 10, "Europe/Berlin", 1)).toEqual([
      "2027-11-10T09:00:00.000Z",
    ]);
    expect(chain("2027-03-27T12:00:00Z", { unit: "day", count: 1 }, 1, "Europe/Berlin", 1)).toEqual([
      "2027-03-28T11:00:00.000Z",
    ]);
  });

  test("a midnight that does not exist is the first instant of its day, and midnight comes back", () => {
    // Sao Paulo's 4 November 2018 began at one o'clock.
    expect(chain("2018-10-04T03:00:00Z", month, 4, "America/Sao_Paulo", 2)).toEqual([
      "2018-11-04T03:00:00.000Z",
      "2018-12-04T02:00:00.000Z",
    ]);
    expect(startOfDay("2018-11-04" as CalendarDay, "America/Sao_Paulo").toISOString()).toBe(
      "2018-11-04T03:00:00.000Z",
    );
  });

  test("a local time that is skipped ends later by what was skipped; one that comes twice ends at its first", () => {
    expect(chain("2027-02-28T01:30:00Z", month, 28, "Europe/Berlin", 1)).toEqual([
      "2027-03-28T01:30:00.000Z",
    ]);
    expect(chain("2027-09-30T00:30:00Z", month, 31, "Europe/Berlin", 1)).toEqual([
      "2027-10-31T00:30:00.000Z",
    ]);
  });

  test("a length or an anchor that cannot be is a bug", () => {
    const start = new Date("2027-01-31T00:00:00Z");
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(() => termEnd(start, { unit: "month", count }, 31, "UTC")).toThrow("length");
    }
    for (const anchorDay of [0, 32, 1.5])
      expect(() => termEnd(start, month, anchorDay, "UTC")).toThrow("anchor");
    expect(() => termEnd(start, month, 31, "Europe/Nowhere")).toThrow(RangeError);
    expect(() => termEnd(new Date("soon"), month, 31, "UTC")).toThrow(RangeError);
  });
});

describe("days", () => {
  test("between and later are each other's inverse, and whole days of the zone", () => {
    fc.assert(
      fc.property(dayIn, fc.integer({ min: -4000, max: 4000 }), (day, days) => {
        const later = addCalendarDays(day, days);
        expect(daysBetween(day, later)).toBe(days);
        expect(daysBetween(later, day) + days).toBe(0);
        expect((Date.parse(later) - Date.parse(day)) / dayMs).toBe(days);
      }),
    );
  });

  test("from outside are taken if they exist, in one spelling", () => {
    expect(parseCalendarDay("2028-02-29")).toBe("2028-02-29");
    for (const text of [
      "",
      "2027-02-29",
      "2027-13-01",
      "2027-00-10",
      "2027-1-1",
      "20270101",
      "+002027-01-01",
      "0000-01-01",
      "0999-12-31",
      "9999-12-31",
    ]) {
      expect(parseCalendarDay(text)).toBeNull();
    }
    expect(parseCalendarDay("2027-01-01T00:00:00Z")).toBeNull();
    expect(parseCalendarDay("2027-01-01[u-ca=hebrew]")).toBeNull();
  });

  test("zones are names of the IANA database", () => {
    expect(zones.filter((name) => !isTimeZone(name))).toEqual([]);
    expect(["", "Berlin", "+02:00", "Europe/Berlin ", "../etc/passwd"].filter(isTimeZone)).toEqual([]);
  });
});
