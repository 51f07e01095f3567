import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/** Some fifty thousand, of which about three hundred are as long as a password must be here. OWASP ASVS 5.0, 6.2.4. */
const common = new Set(dictionary["passwords-common"]);

/** Whether a password is among the first that others try, in whatever case. */
export function isCommonPassword(password: string): boolean {
  return common.has(password.toLowerCase());
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
