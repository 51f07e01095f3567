import { hash, verify } from "@node-rs/argon2";
import { isCommonPassword } from "./common-passwords";

export const passwordLengthMin = 12;
export const passwordLengthMax = 128;

// OWASP Password Storage Cheat Sheet, first choice for Argon2id (the library's default algorithm): 19 MiB, two
// passes, one lane.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of random bytes that nobody kept, at the same cost: what is checked when there is nothing to check. */
export const unmatchableHash =
  "$argon2id$v=19$m=19456,t=2,p=1$yAcFoRIyYJ4btOC2haSeOQ$QzzLRc3ckYKP+z08K5miOhyA/1NbFgVjlwbZOibDvYU";

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** Takes as long without a stored hash as with one, so that time does not tell who has an account. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const within = password.length <= passwordLengthMax * 2;
  const matches = await verify(stored ?? unmatchableHash, within ? password : "");
  return matches && within && stored !== null;
}

export type PasswordProblem =
  | { code: "password_too_short"; least: number }
  | { code: "password_too_long"; most: number }
  | { code: "password_contains_email" }
  | { code: "password_common" };

/**
 * What is wrong with a new password, if anything. Length counts characters as people do; what they are is theirs to
 * choose. NIST SP 800-63B, 3.1.1.2; OWASP ASVS 5.0, 6.2.
 */
export function passwordProblem(password: string, email: string): PasswordProblem | null {
  const length = [...password].length;
  if (length < passwordLengthMin) return { code: "password_too_short", least: passwordLengthMin };
  if (length > passwordLengthMax) return { code: "password_too_long", most: passwordLengthMax };
  if (containsEmail(password, email)) return { code: "password_contains_email" };
  return isCommonPassword(password) ? { code: "password_common" } : null;
}

/** The whole address, or its part before the @ where that is long enough to be a word of its own. */
function containsEmail(password: string, email: string): boolean {
  const folded = password.toLowerCase();
  const [name = ""] = email.toLowerCase().split("@");
  return (
    (email !== "" && folded.includes(email.toLowerCase())) || (name.length >= 4 && folded.includes(name))
  );
}
