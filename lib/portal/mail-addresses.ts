import { isSameAddress, type MailMember, mainAddressChoices } from "@/lib/auth/main-address";
import { ok, type Result, refuse } from "@/lib/kernel/result";

/** Where the mails about a customer's invoices go. */
export interface MailAddresses {
  readonly main: string;
  readonly copies: readonly string[];
}

/** What somebody may say about mail when a member goes. */
export interface MailRights {
  /** Choose any member's address; without it, only an owner's. */
  readonly ofMain: boolean;
  /** Stop any copy; without it, only the copy to the address of who goes. */
  readonly ofCopies: boolean;
}

/** What is said of mail with a removal. */
export interface MailWish {
  /** Whose address becomes the main one, where it was the address of who goes. */
  readonly mainEmail?: string | undefined;
  readonly stopCopies?: readonly string[] | undefined;
  /** The copies that were on the page, by `namedCopies`, so that nothing is decided about others. */
  readonly seenCopies?: string | undefined;
}

export type MailRefusal =
  /** Who goes has the main address, and nobody else was named. */
  | { code: "main_address_theirs" }
  /** Nobody who stays and can sign in has this address. */
  | { code: "main_address_not_member" }
  /** The addresses are others than those that were shown. */
  | { code: "mail_addresses_changed" };

/** Which copies are asked about when this member goes: theirs, and those that are no other member's. */
export function copiesInQuestion(
  copies: readonly string[],
  members: readonly MailMember[],
  leaving: MailMember,
  rights: Pick<MailRights, "ofCopies">,
): string[] {
  const staying = members.filter((one) => one !== leaving);
  return copies.filter(
    (copy) =>
      isSameAddress(copy, leaving.email) ||
      (rights.ofCopies && !staying.some(({ email }) => isSameAddress(email, copy))),
  );
}

/** Where mail goes once this member is gone: never only to them. */
export function mailWithout(
  now: MailAddresses,
  members: readonly MailMember[],
  leaving: MailMember,
  wish: MailWish,
  rights: MailRights,
): Result<MailAddresses, MailRefusal> {
  const { mainEmail, stopCopies = [], seenCopies } = wish;
  if (seenCopies !== undefined && seenCopies !== namedCopies(now.copies))
    return refuse({ code: "mail_addresses_changed" });
  const isMain = isSameAddress(now.main, leaving.email);
  // One was chosen for an address that is no longer the main one.
  if (!isMain && mainEmail !== undefined) return refuse({ code: "mail_addresses_changed" });
  if (isMain && mainEmail === undefined) return refuse({ code: "main_address_theirs" });
  const staying = members.filter((one) => one !== leaving);
  const next = mainAddressChoices(staying, rights).find(({ email }) => isSameAddress(email, mainEmail ?? ""));
  if (isMain && !next) return refuse({ code: "main_address_not_member" });
  const asked = copiesInQuestion(now.copies, members, leaving, rights);
  const stopped = asked.filter((copy) => stopCopies.some((stop) => isSameAddress(stop, copy)));
  return ok({
    main: next?.email ?? now.main,
    copies: now.copies.filter((copy) => !stopped.includes(copy)),
  });
}

/** All copies in one text, which a form can carry. */
export function namedCopies(copies: readonly string[]): string {
  return copies.join(",");
}
