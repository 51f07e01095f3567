import { describe, expect, test } from "vitest";
import { hasAddress, nameForMail, oneLineName } from "./plain-name";

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
