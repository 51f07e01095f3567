import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/** Some fifty thousand, of which about three hundred are as long as a password must be here. OWASP ASVS 5.0, 6.2.4. */
const common = new Set(dictionary["passwords-common"]);

/** What people put a year, a row of digits or signs behind: what this is about, the time of year, and known examples. */
const stems = new Set(
  (
    "mallard billing portal invoice payment account balance customer company server hosting cloud admin administrator " +
    "welcome password changeme spring summer autumn winter january february march april june july august september " +
    "october november december monday tuesday wednesday thursday friday saturday sunday correcthorsebatterystaple"
  ).split(" "),
);

/** More digits and signs than these are left to the estimate. */
const decorationMost = 8;

/**
 * Whether a password is among the first that others try, in whatever case: one of the list, or a single word of it that is
 * repeated or has digits and signs around it (`Winter2025!!!`, `billing-billing`), as the rules of those who guess have it.
 */
export function isCommonPassword(password: string): boolean {
  const typed = password.toLowerCase();
  if (common.has(typed)) return true;
  const words = [...new Set(typed.match(/\p{L}+/gu) ?? [])];
  const [word = ""] = words;
  const decoration = typed.replace(/\p{L}/gu, "").length;
  if (stems.has(typed.replace(/[^\p{L}]/gu, ""))) return decoration <= decorationMost;
  return words.length === 1 && decoration <= decorationMost && (common.has(word) || stems.has(word));
}

let estimator: ZxcvbnFactory | undefined;

/**
 * What follows after so many characters is not looked at: the time that an estimate takes grows with their square, and
 * a beginning of this length that can be guessed says enough.
 */
const estimatedMost = 40;

/** Made at the first use: that takes a tenth of a second. */
function estimate(password: string, known: readonly string[]) {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: estimatedMost });
  return estimator.check(password, [...known]);
}

/**
 * Whether those who know how people make passwords (words, dates, rows of keys, repetition) would find this one in
 * fewer than a hundred million guesses. `known` is what they know of the person.
 */
export function isGuessable(password: string, known: readonly string[]): boolean {
  return estimate(password, known).score < 3;
}
