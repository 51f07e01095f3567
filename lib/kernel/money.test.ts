import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Currency, Money } from "@/lib/kernel/money";
import {
  add,
  compare,
  currencies,
  formatMoney,
  isCurrency,
  isNegative,
  isPositive,
  isZero,
  least,
  max,
  min,
  minorMax,
  money,
  multiply,
  negate,
  parseMoney,
  split,
  subtract,
  sum,
  sumOf,
  toDecimal,
  zero,
} from "@/lib/kernel/money";

const anyCurrency = fc.constantFrom(...(Object.keys(currencies) as Currency[]));
const anyMinor = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const anyMoney = fc.tuple(anyMinor, anyCurrency).map(([minor, currency]) => money(minor, currency));
const typedMoney = fc
  .tuple(fc.bigInt({ min: 0n, max: minorMax }), anyCurrency)
  .map(([minor, currency]) => money(minor, currency));
const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 });
const usableWeights = weights.filter((list) => list.some((weight) => weight > 0n));

const abs = (value: bigint) => (value < 0n ? -value : value);
const usd = (minor: bigint) => money(minor, "USD");
const minors = (list: readonly Money[]) => list.map((part) => part.minor);

describe("adding and comparing", () => {
  test("are those of whole numbers", () => {
    fc.assert(
      fc.property(anyMinor, anyMinor, anyCurrency, (a, b, currency) => {
        const [x, y] = [money(a, currency), money(b, currency)];
        expect(add(x, y)).toEqual(money(a + b, currency));
        expect(subtract(x, y)).toEqual(add(x, negate(y)));
        expect(sum(currency, [x, y, x])).toEqual(money(a + b + a, currency));
        expect(compare(x, y)).toBe(a === b ? 0 : a < b ? -1 : 1);
        expect(add(min(x, y), max(x, y))).toEqual(add(x, y));
        expect([isNegative(x), isZero(x), isPositive(x)]).toEqual([a < 0n, a === 0n, a > 0n]);
      }),
    );
  });

  test("the sum of nothing is zero of the currency that was named", () => {
    expect(sum("KWD", [])).toEqual(zero("KWD"));
  });

  test("amounts of two currencies do not mix", () => {
    const [dollars, euros] = [usd(1n), money(1n, "EUR")];
    for (const operation of [add, subtract, compare, min, max]) {
      expect(() => operation(dollars, euros)).toThrow("USD and EUR");
    }
    expect(() => sum("USD", [euros])).toThrow("USD and EUR");
  });

  test("text and floats, which drivers and JSON hand out, are not taken for amounts", () => {
    expect(() => money("100" as unknown as bigint, "USD")).toThrow("bigint");
    expect(() => money(100 as unknown as bigint, "USD")).toThrow("bigint");
    expect(() => money(100n, "XXX" as Currency)).toThrow("currency");
    expect(["USD", "usd", "toString", "__proto__", ""].map(isCurrency)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("multiplying", () => {
  test.each([
    [5n, 1n, 2n, 2n],
    [15n, 1n, 10n, 2n],
    [25n, 1n, 10n, 2n],
    [35n, 1n, 10n, 4n],
    [-5n, 1n, 2n, -2n],
    [-15n, 1n, 10n, -2n],
    [-1n, 1n, 2n, 0n],
    [1n, 1n, 2n, 0n],
    [3n, -1n, 2n, -2n],
    [3n, 1n, -2n, -2n],
    [-3n, -1n, -2n, -2n],
    [1000n, 19n, 100n, 190n],
    [7n, 2n, 3n, 5n],
  ])("%s × %s ÷ %s is %s, halves to even", (minor, numerator, denominator, expected) => {
    expect(multiply(usd(minor), numerator, denominator)).toEqual(usd(expected));
  });

  test("gives the nearest whole number, the even one of two", () => {
    const denominators = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }).filter((value) => value !== 0n);
    fc.assert(
      fc.property(anyMinor, fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), denominators, (minor, n, d) => {
        const rounded = multiply(usd(minor), n, d).minor;
        const twiceOff = 2n * abs(rounded * d - minor * n);
        expect(twiceOff <= abs(d)).toBe(true);
        if (twiceOff === abs(d)) expect(rounded % 2n).toBe(0n);
      }),
    );
  });

  test("by nothing at all is a bug", () => {
    expect(() => multiply(usd(1n), 1n, 0n)).toThrow("denominator");
  });
});

describe("splitting", () => {
  test("the parts add up exactly and lie within one unit of their shares, whatever the sign", () => {
    fc.assert(
      fc.property(anyMoney, usableWeights, (amount, list) => {
        const parts = split(amount, list);
        const total = list.reduce((a, b) => a + b, 0n);
        expect(sum(amount.currency, parts)).toEqual(amount);
        for (const [index, part] of parts.entries()) {
          const weight = list[index] ?? 0n;
          expect(abs(part.minor * total - amount.minor * weight) < total).toBe(true);
          if (weight === 0n) expect(part.minor).toBe(0n);
        }
      }),
    );
  });

  test("a larger weight never gets less, and the amount turned gives the parts turned", () => {
    fc.assert(
      fc.property(anyMoney, usableWeights, (amount, list) => {
        const parts = minors(split(amount, list)).map(abs);
        const byWeight = list.map((weight, index) => ({ weight, part: parts[index] ?? 0n }));
        byWeight.sort((a, b) => (a.weight === b.weight ? 0 : a.weight < b.weight ? -1 : 1));
        for (const [index, { weight, part }] of byWeight.entries()) {
          const next = byWeight[index + 1];
          if (next && next.weight > weight) expect(next.part >= part).toBe(true);
        }
        expect(split(negate(amount), list)).toEqual(split(amount, list).map(negate));
      }),
    );
  });

  test("of at most what is owed overpays nobody", () => {
    fc.assert(
      fc.property(usableWeights, fc.nat({ max: 1000 }), (owed, permille) => {
        const total = owed.reduce((a, b) => a + b, 0n);
        const parts = minors(split(usd((total * BigInt(permille)) / 1000n), owed));
        expect(parts.every((part, index) => part <= (owed[index] ?? 0n))).toBe(true);
      }),
    );
  });

  test("what is left over goes to the largest remainders, of equal ones to the earlier", () => {
    expect(minors(split(usd(10n), [1n, 1n, 1n]))).toEqual([4n, 3n, 3n]);
    expect(minors(split(usd(-10n), [1n, 1n, 1n]))).toEqual([-4n, -3n, -3n]);
    expect(minors(split(usd(100n), [50n, 30n, 21n]))).toEqual([49n, 30n, 21n]);
    expect(minors(split(usd(2n), [0n, 1n, 1n, 1n]))).toEqual([0n, 1n, 1n, 0n]);
  });

  test("nothing by nothing is nothing; something by nothing, or by less, is a bug", () => {
    expect(split(usd(0n), [])).toEqual([]);
    expect(split(usd(0n), [0n, 0n])).toEqual([usd(0n), usd(0n)]);
    expect(() => split(usd(1n), [])).toThrow("positive weight");
    expect(() => split(usd(1n), [0n])).toThrow("positive weight");
    expect(() => split(usd(1n), [2n, -1n])).toThrow("negative");
  });
});

describe("writing and reading", () => {
  test("every amount that can be typed comes back from its decimal text, with a point or a comma", () => {
    fc.assert(
      fc.property(typedMoney, (amount) => {
        const text = toDecimal(amount);
        expect(parseMoney(text, amount.currency)).toEqual({ ok: true, value: amount });
        if (currencies[amount.currency].exponent === 2) {
          expect(parseMoney(text.replace(".", ","), amount.currency)).toEqual({ ok: true, value: amount });
        }
      }),
    );
  });

  test("decimal text says the amount exactly", () => {
    fc.assert(
      fc.property(anyMoney, (amount) => {
        const { exponent } = currencies[amount.currency];
        const text = toDecimal(amount);
        expect(text).toMatch(exponent === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${exponent}}$`));
        expect(BigInt(text.replace(".", ""))).toBe(amount.minor);
      }),
    );
    expect([usd(-5n), money(1200n, "JPY"), money(-1n, "KWD")].map(toDecimal)).toEqual([
      "-0.05",
      "1200",
      "-0.001",
    ]);
  });

  test("formatting keeps every digit of amounts that no float could hold", () => {
    fc.assert(
      fc.property(anyMoney, fc.constantFrom("en", "zh-CN", "de", "ja"), (amount, locale) => {
        const digits = formatMoney(amount, locale).replace(/[^0-9]/g, "");
        expect(digits).toBe(toDecimal(amount).replace(/[^0-9]/g, ""));
      }),
    );
    expect(formatMoney(usd(-123_456_789_012_345_678_901n), "en")).toBe("-$1,234,567,890,123,456,789.01");
    expect(formatMoney(money(1200n, "JPY"), "en")).toBe("¥1,200");
    expect(formatMoney(money(1n, "KWD"), "en")).toMatch(/^KWD\s0\.001$/);
    expect(formatMoney(money(123_456n, "EUR"), "de")).toMatch(/^1\.234,56\s€$/);
    expect(formatMoney(money(123_456n, "CNY"), "zh-CN")).toBe("¥1,234.56");
  });

  test("every currency has the digits that Intl knows for it", () => {
    for (const currency of Object.keys(currencies) as Currency[]) {
      const standard = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
      expect([currency, standard.maximumFractionDigits]).toEqual([currency, currencies[currency].exponent]);
    }
  });

  test.each([
    ["12", "USD", 1200n],
    ["12.3", "USD", 1230n],
    ["12,30", "USD", 1230n],
    [" 0.01 ", "USD", 1n],
    ["0", "USD", 0n],
    ["007", "USD", 700n],
    ["1200", "JPY", 1200n],
    ["1.234", "KWD", 1234n],
    ["1,23", "KWD", 1230n],
    ["9999999999999.99", "USD", minorMax],
  ] as const)("%j in %s is read", (text, currency, minor) => {
    expect(parseMoney(text, currency)).toEqual({ ok: true, value: money(minor, currency) });
  });

  test.each([
    ["", "USD", { code: "amount_missing" }],
    ["   ", "USD", { code: "amount_missing" }],
    ["1.234", "USD", { code: "amount_too_precise", decimals: 2 }],
    ["1,234", "USD", { code: "amount_too_precise", decimals: 2 }],
    ["1.5", "JPY", { code: "amount_too_precise", decimals: 0 }],
    ["1,234", "KWD", { code: "amount_ambiguous" }],
    ["-1", "USD", { code: "amount_negative" }],
    ["−1.00", "USD", { code: "amount_negative" }],
    ["10000000000000.00", "USD", { code: "amount_too_large", limit: money(minorMax, "USD") }],
    ["9".repeat(40), "USD", { code: "amount_too_large", limit: money(minorMax, "USD") }],
  ] as const)("%j in %s is refused with its reason", (text, currency, refusal) => {
    expect(parseMoney(text, currency)).toEqual({ ok: false, refusal });
  });

  test.each([
    "1e3",
    "1E3",
    "0x10",
    "+1",
    "--1",
    "1.",
    ".5",
    "1,234.56",
    "1.234,56",
    "1 000",
    "1'000",
    "$12",
    "12 USD",
    "12\n13",
    "Infinity",
    "NaN",
    "１２",
    "١٢",
    "<b>12</b>",
    "1\u0000",
    "1\u202e2",
    "1_000",
    "12n",
    "9".repeat(41),
    "1".repeat(1_000_000),
    `${" ".repeat(100_000)}1`,
  ])("text that is no plain amount is refused (%#)", (text) => {
    expect(parseMoney(text, "USD")).toEqual({ ok: false, refusal: { code: "amount_malformed" } });
  });

  test("no text makes it throw, and what it accepts is within bounds", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^ ?-?[0-9]{0,20}[.,]?[0-9]{0,4} ?$/)),
        anyCurrency,
        (text, currency) => {
          const read = parseMoney(text, currency);
          if (read.ok) expect(read.value.minor >= 0n && read.value.minor <= minorMax).toBe(true);
        },
      ),
    );
  });
});

describe("minor units of one currency", () => {
  test("the least is one of the two, and no more than either", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        const less = least(a, b);
        expect(less === a || less === b).toBe(true);
        expect(less <= a && less <= b).toBe(true);
      }),
    );
  });

  test("the sum takes each once, and nothing is zero", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt()), fc.bigInt(), (list, one) => {
        const same = (minor: bigint) => minor;
        expect(sumOf([...list, one], same)).toBe(sumOf(list, same) + one);
        expect(sumOf([], same)).toBe(0n);
      }),
    );
  });
});
