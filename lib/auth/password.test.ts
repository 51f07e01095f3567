import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashPassword, passwordProblem, unmatchableHash, verifyPassword } from "./password";

const email = "marguerite@example.com";

describe("a new password", () => {
  test.each([
    ["quiet pond in autumn", null],
    ["aaaaaaaaaaaa", null],
    ["鸭".repeat(12), null],
    ["🦆".repeat(12), null],
    ["x".repeat(128), null],
    ["🦆".repeat(128), null],
    ["elevenchars", { code: "password_too_short", least: 12 }],
    ["🦆".repeat(11), { code: "password_too_short", least: 12 }],
    ["", { code: "password_too_short", least: 12 }],
    ["x".repeat(129), { code: "password_too_long", most: 128 }],
    ["marguerite@example.com", { code: "password_contains_email" }],
    ["I am Marguerite!", { code: "password_contains_email" }],
    ["1qaz2wsx3edc", { code: "password_common" }],
    ["Leavemealone", { code: "password_common" }],
    ["leave me alone", null],
  ])("%j: %j", (password, problem) => {
    expect(passwordProblem(password, email)).toEqual(problem);
  });

  test("may contain a name too short to be a word of its own", () => {
    expect(passwordProblem("annals of ponds", "ann@example.com")).toBeNull();
    expect(passwordProblem("x ann@example.com", "ann@example.com")).not.toBeNull();
  });
});

describe("a stored password", () => {
  test("is a salted Argon2id hash at OWASP's cost, and matches its password alone", async () => {
    const [one, two] = await Promise.all([hashPassword("quiet pond"), hashPassword("quiet pond")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, "quiet pond")).toBe(true);
    expect(await verifyPassword(one, "Quiet pond")).toBe(false);
    expect(await verifyPassword(one, "quiet pond ")).toBe(false);
  });

  test("that is none costs as much to check, and matches nothing", async () => {
    const cost = (text: string) => text.split("$").slice(0, 4);
    expect(cost(unmatchableHash)).toEqual(cost(await hashPassword("x")));
    await fc.assert(
      fc.asyncProperty(fc.string(), async (password) => {
        expect(await verifyPassword(null, password)).toBe(false);
      }),
      { numRuns: 10 },
    );
  });
});
