import { dictionary } from "@zxcvbn-ts/language-common";

/** Some fifty thousand, of which about three hundred are as long as a password must be here. OWASP ASVS 5.0, 6.2.4. */
const common = new Set(dictionary["passwords-common"]);

/** Whether a password is among the first that others try, in whatever case. */
export function isCommonPassword(password: string): boolean {
  return common.has(password.toLowerCase());
}
