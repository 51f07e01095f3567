import { hash, verify } from "@node-rs/argon2";
import { isCommonPassword, isGuessable } from "./password-strength";
import { withoutControls } from "./written-text";

export const passwordLengthMin = 12;
export const passwordLengthMax = 128;

// OWASP Password Storage Cheat Sheet, first choice for Argon2id (the library's default algorithm): 19 MiB, two
// passes, one lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of random bytes that nobody kept, at the same cost: what is checked when there is nothing to check. */
export const unmatchableHash =
  "$argon2id$v=19$m=19456,t=2,p=1$yAcFoRIyYJ4btOC2haSeOQ$QzzLRc3ckYKP+z08K5miOhyA/1NbFgVjlwbZOibDvYU";

/**
 * One spelling for what keyboards write in several: an é as one sign or two is the same password, and nothing that no
 * keyboard writes is part of it: forms leave that out. NIST SP 800-63B.
 */
function normalPassword(password: string): string {
  return withoutControls(password).normalize("NFKC");
}

export function hashPassword(password: string): Promise<string> {
  return hash(normalPassword(password), cost);
}

/**
 * Takes as long without a stored hash as with one, so that time does not tell who has an account. Hashes of before
 * passwords had one spelling are matched by what was typed as it was.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  return (await matchPassword(stored, password)) !== "none";
}

/** How a password matches: `raw` is one of before passwords had one spelling, to be hashed anew. */
export async function matchPassword(
  stored: string | null,
  password: string,
): Promise<"none" | "normal" | "raw"> {
  const within = password.length <= passwordLengthMax * 2;
  const typed = within ? password : "";
  const normal = normalPassword(typed);
  const matchesNormal = await verify(stored ?? unmatchableHash, normal);
  // Both are tried, whatever the first says: what takes time is what was typed, not what is stored.
  const matchesRaw = normal !== typed && (await verify(stored ?? unmatchableHash, typed));
  if (!within || stored === null) return "none";
  if (matchesNormal) return "normal";
  return matchesRaw ? "raw" : "none";
}

export type PasswordProblem =
  | { code: "password_too_short"; least: number }
  | { code: "password_too_long"; most: number }
  | { code: "password_contains_email" }
  /** A word of the host's, the customer's or the person's own name. */
  | { code: "password_contains_name"; word: string }
  | { code: "password_common" }
  | { code: "password_weak" };

/** What others know of a person, and try first. */
export interface PasswordOwner {
  readonly email: string;
  /** Of the person, of the host, and of the customers that they belong to. */
  readonly names: readonly string[];
}

/**
 * What is wrong with a new password, if anything. Length counts characters as people do; what they are is theirs to
 * choose. NIST SP 800-63B, 3.1.1.2; OWASP ASVS 5.0, 6.2.
 */
export function passwordProblem(given: string, { email, names }: PasswordOwner): PasswordProblem | null {
  const password = normalPassword(given);
  const length = [...password].length;
  if (length < passwordLengthMin) return { code: "password_too_short", least: passwordLengthMin };
  if (length > passwordLengthMax) return { code: "password_too_long", most: passwordLengthMax };
  if (containsEmail(password, email)) return { code: "password_contains_email" };
  if (isCommonPassword(password)) return { code: "password_common" };
  const words = names.flatMap(wordsOf);
  const word = words.find((one) => password.toLowerCase().includes(one.toLowerCase()));
  if (word !== undefined) return { code: "password_contains_name", word };
  return isGuessable(password, [...words, email]) ? { code: "password_weak" } : null;
}

/** The whole address, or its part before the @ where that is long enough to be a word of its own. */
function containsEmail(password: string, email: string): boolean {
  const folded = password.toLowerCase();
  const [name = ""] = email.toLowerCase().split("@");
  return (
    (email !== "" && folded.includes(email.toLowerCase())) || (name.length >= 4 && folded.includes(name))
  );
}

/** What companies are called besides their name; it says nothing about them. */
const forms = new Set(["gmbh", "limited", "company", "corporation", "corp", "holding", "group"]);

/** The words of a name that are long enough to be one of their own; of scripts that write whole words in a sign, two signs. */
function wordsOf(name: string): string[] {
  return normalPassword(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => [...word].length >= (/\p{Script=Han}|\p{Script=Hangul}/u.test(word) ? 2 : 4))
    .filter((word) => !forms.has(word.toLowerCase()));
}
