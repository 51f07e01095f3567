import { describe, expect, test } from "vitest";
import { hasAddress, hasHostName, nameForMail, nameForStranger, oneLineName } from "./plain-name";

describe("a name", () => {
  test.each([
    "Ducky Cloud Security: your account is locked, https://evil.example/now",
    "see www.evil.example",
    "mailto:thief",
    "write to thief@evil.example",
    "evil.example/login",
    "evil.example:8080",
    "ｈｔｔｐｓ：／／evil.example",
    "thief＠evil.example",
    "ftp://x",
  ])("with an address in it is found: %s", (name) => {
    expect(hasAddress(name)).toBe(true);
    expect(nameForMail(name)).not.toMatch(/:\/\/|@|\w\.\w|\w\/\w/);
  });

  test.each([
    "Booking.com B.V.",
    "J.R.R. Tolkien",
    "Müller & Söhne GmbH",
    "a/b Design",
    "北京鸭云有限公司",
    "No. 5: Ducks",
    "Yahoo!",
  ])("without one is not: %s", (name) => {
    expect(hasAddress(name)).toBe(false);
  });

  test("is no link in a mail, and short there", () => {
    expect(nameForMail("Booking.com B.V.")).toBe("Booking com B V.");
    expect(nameForMail("Müller & Söhne GmbH")).toBe("Müller & Söhne GmbH");
    expect([...nameForMail("🦆".repeat(200))]).toHaveLength(80);
  });

  test("is one line, without marks that turn its direction", () => {
    expect(oneLineName(" a\u202e b\r\nBcc:\tc\u2029d ")).toBe("a b Bcc: c d");
  });
});

test("what would become a link in a mail goes as a whole, and leaves one space", () => {
  expect(nameForMail("Duck bob@evil.example Ltd")).toBe("Duck Ltd");
  expect(nameForMail("Duck https://evil.example/pay?now=1 Ltd")).toBe("Duck Ltd");
  expect(nameForMail("Duck evil.example/pay 1.2.3.4 Ltd")).toBe("Duck evil example pay 1 2 3 4 Ltd");
  expect(nameForMail("Duck & Co. / Ltd.")).toBe("Duck & Co. / Ltd.");
  expect(nameForMail(`${"a".repeat(80)}`)).toBe("a".repeat(80));
  expect(nameForMail(`${"a".repeat(81)}`)).toBe(`${"a".repeat(79)}…`);
});

describe("a name in a mail to a stranger", () => {
  test.each([
    [
      "Account Security: your account is locked, call +1 900 555 0199, log in at evil.example",
      "Account Security your account is locked…",
    ],
    ["Locked, call +1 (900) 555-0199 now", "Locked, call now"],
    ["call １９００５５５０１９９", "call"],
    ["Security： call 0900/555.01.99", "Security call"],
    ["“Support”: «us»", "Support us"],
    ["Müller & Söhne GmbH", "Müller & Söhne GmbH"],
    ["24 Ducks No. 5", "24 Ducks No. 5"],
    ["北京鸭云有限公司", "北京鸭云有限公司"],
  ])("is short, and has no number to call: %s", (name, shown) => {
    expect(nameForStranger(name, "Ducky Cloud")).toBe(shown);
  });

  test.each(["Ducky Cloud Security", "DUCKY-CLOUD", "D u c k y  C.l.o.u.d", "ｄｕｃｋｙ ｃｌｏｕｄ"])(
    "is not shown at all with the host's name in it: %s",
    (name) => {
      expect(nameForStranger(name, "Ducky Cloud")).toBeNull();
      expect(nameForStranger(`${"Pond ".repeat(20)}${name}`, "Ducky Cloud")).toBeNull();
      expect(nameForStranger(name, "Other Host")).not.toBeNull();
    },
  );
});

describe("the host's name", () => {
  test.each([
    ["Ducky Cloud Security", "Ducky Cloud"],
    ["DUCKY-CLOUD billing", "Ducky Cloud"],
    ["ｄｕｃｋｙ ｃｌｏｕｄ", "Ducky Cloud"],
    ["Dücky Clöud", "Ducky Cloud"],
    ["鸭云客服", "鸭云"],
  ])("is found in %s", (name, host) => {
    expect(hasHostName(name, host)).toBe(true);
  });

  test.each([
    ["Ducky Bakery", "Ducky Cloud"],
    ["ABC Bakery", "ABC"],
    ["Pond Ltd", ""],
  ])("is not found in %s", (name, host) => {
    expect(hasHostName(name, host)).toBe(false);
  });
});
