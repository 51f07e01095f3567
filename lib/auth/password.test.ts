import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { hash } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashPassword, matchPassword, passwordProblem, unmatchableHash, verifyPassword } from "./password";
import { isCommonPassword } from "./password-strength";

const owner = { email: "marguerite@example.com", names: ["Marguerite Teal", "Ducky Cloud", "Alder GmbH"] };
const ann = { email: "ann@example.com", names: [] };

describe("a new password", () => {
  test.each([
    ["quiet pond in autumn", null],
    ["aaaaaaaaaaaa", { code: "password_weak" }],
    ["鸭".repeat(12), { code: "password_weak" }],
    ["🦆".repeat(12), { code: "password_weak" }],
    ["x".repeat(128), { code: "password_weak" }],
    ["Password123!", { code: "password_common" }],
    ["qwertyuiop12", { code: "password_common" }],
    ["abcdefghijkl", { code: "password_weak" }],
    ["201120122013", { code: "password_weak" }],
    ["passwordpassword", { code: "password_common" }],
    ["Ducky Cloud 1", { code: "password_contains_name", word: "Ducky" }],
    ["ａｌｄｅｒ trees and moss", { code: "password_contains_name", word: "Alder" }],
    ["bright TEAL lamp quiet", { code: "password_contains_name", word: "Teal" }],
    ["gmbh lamp quiet moss", null],
    ["鸭子过马路很开心今天下雨了", null],
    ["x7#kQ9!vLm2p", null],
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
    expect(passwordProblem(password, owner)).toEqual(problem);
  });

  test("is estimated by its first forty signs: more of them make a guessable beginning no better", () => {
    expect(passwordProblem(`${"ab".repeat(20)}x7#kQ9!vLm2pZr4&`, ann)).toEqual({ code: "password_weak" });
    expect(passwordProblem(`x7#kQ9!vLm2pZr4&${"ab".repeat(50)}`, ann)).toBeNull();
  });

  test("is as long as it has signs, however they were typed", () => {
    // Eleven signs, of which each é is two on some keyboards.
    const composed = "réservé zkq";
    expect(passwordProblem(composed.normalize("NFD"), owner)).toEqual(passwordProblem(composed, owner));
    expect(passwordProblem("🦆🌊🌧 lamp quiet moss", owner)).toBeNull();
  });

  test("is judged where it is counted, and nowhere else", () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const asking = ["app", "lib"]
      .flatMap((folder) =>
        readdirSync(path.join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`),
      )
      .filter((file) => /(?<!\.test)\.tsx?$/.test(file) && file !== "lib/auth/password.ts")
      .filter((file) => readFileSync(path.join(root, file), "utf8").includes("passwordProblem("));
    expect(asking).toEqual(["lib/auth/new-password.ts"]);
  });

  test("may contain a name too short to be a word of its own", () => {
    expect(passwordProblem("annals of ponds", ann)).toBeNull();
    expect(passwordProblem("x ann@example.com", ann)).not.toBeNull();
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

  test("is the same however its signs were typed, also one that was hashed as it was typed", async () => {
    const [composed, split] = [
      "café über den Teich".normalize("NFC"),
      "café über den Teich".normalize("NFD"),
    ];
    expect(composed).not.toBe(split);
    const stored = await hashPassword(split);
    for (const typed of [composed, split, "ｃａｆé über den Teich"]) {
      expect(await matchPassword(stored, typed)).toBe("normal");
    }
    const old = await hash(split);
    expect(await matchPassword(old, split)).toBe("raw");
    expect(await matchPassword(old, composed)).toBe("none");
    expect(await matchPassword(old, `${split} `)).toBe("none");
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

test("a short address is part of a password only as a whole", () => {
  const owned = { email: "al@b.example", names: [] };
  const problem = (password: string) => passwordProblem(password, owned);
  expect(problem("moss AL@b.example lamp")).toEqual({ code: "password_contains_email" });
  expect(problem("quiet salted pond moss")).toBeNull();
});

test("more than any password may be long is never compared", async () => {
  const long = "quiet pond ".repeat(30);
  expect(await verifyPassword(await hashPassword(long), long)).toBe(false);
});

describe("a word with a year, digits or signs around it", () => {
  test.each([
    "Mallard2026!!",
    "Welcome2026!!",
    "Admin@123456",
    "Winter2025!!!",
    "Google123456!",
    "billing-billing",
    "correcthorsebatterystaple",
    "Correct-Horse-Battery-Staple",
    "!!2026Portal",
  ])("is as common as the word: %s", (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  test.each(["seven ducks cross the road", "winter84 tractor lilac", "dragon83910472655918"])(
    "is not found in %s",
    (password) => {
      expect(isCommonPassword(password)).toBe(false);
    },
  );
});

describe("the shipped list of common passwords", () => {
  const listed = dictionary["passwords-common"].map(String);
  const isLong = (password: string) => [...password].length >= 12;
  const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

  test("has about three hundred that are long enough, and each is refused, in whatever case", () => {
    const long = listed.filter(isLong);
    expect(long.length).toBeGreaterThanOrEqual(300);
    for (const password of long) {
      for (const typed of [password, capital(password), password.toUpperCase()]) {
        expect(passwordProblem(typed, ann), typed).toEqual({ code: "password_common" });
      }
    }
  });

  test("stands for tens of thousands more: each of its words with what people add to make it long enough", () => {
    const words = listed.filter((word) => /^[a-z]{4,11}$/.test(word));
    const made = words.flatMap((word) =>
      ["2026", "1234", "123!", "2026!!", "123456", "12345678"].map((end) => capital(word) + end),
    );
    const long = made.filter(isLong);
    expect(long.length).toBeGreaterThanOrEqual(50_000);
    expect(long.filter((password) => passwordProblem(password, ann)?.code !== "password_common")).toEqual([]);
  });

  test("is nothing to repeat: a word of it twice is refused, whether listed or by the estimate", () => {
    const words = listed.filter((word) => /^[a-z]{6,11}$/.test(word));
    for (const word of words.filter((_, place) => place % 97 === 0)) {
      for (const twice of [word + word, `${word}-${word}`, `${capital(word)}${capital(word)}`]) {
        expect(passwordProblem(twice, ann), twice).not.toBeNull();
      }
    }
  });
});
