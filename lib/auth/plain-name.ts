/**
 * A name as it is kept: one line, without marks that turn the direction of what follows. Those are only good for
 * making a name look like another one.
 */
export function oneLineName(text: string): string {
  return text
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
}

/** Full-width signs are read as the plain ones, by people and by mail programs. */
const folded = (text: string) => text.normalize("NFKC");

/**
 * Whether a name has a web address or an e-mail address in it. Names stand in mails that we send to people who never
 * heard of their owner: with a link in it, a name is a letter of its own. `Booking.com B.V.` is a name.
 */
export function hasAddress(name: string): boolean {
  return /:\/\/|\bwww\.|\bmailto:|\S@\S|\S\.\p{L}{2,}[/:?#]\S/iu.test(folded(name));
}

/** A name for a mail: nothing of it becomes a link, however it came to us. Long ones are cut. */
export function nameForMail(name: string): string {
  const plain = oneLineName(folded(name))
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S*/giu, "")
    .replace(/\S+@\S+/gu, "")
    .replace(/(?<=[\p{L}\p{N}])[.。．｡/\\](?=[\p{L}\p{N}])/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  const letters = [...plain];
  return letters.length > 80 ? `${letters.slice(0, 79).join("")}…` : plain;
}

/**
 * A name for a mail to somebody who never heard of its owner, to stand between quotation marks: too short for a letter of its
 * own, without a number to call, and without the colon that makes a sender of what stands before it. Null for one that has
 * the host's name in it, as some have from before that was refused: nothing is left of it to show.
 */
export function nameForStranger(name: string, hostName: string): string | null {
  if (hasHostName(name, hostName)) return null;
  const plain = nameForMail(name)
    .replace(/["“”„«»:]/gu, " ")
    .replace(/\+?\p{Nd}(?:[\s()./-]*\p{Nd}){3,}/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
  const letters = [...plain];
  return letters.length > 40 ? `${letters.slice(0, 39).join("")}…` : plain;
}

/** Whether a customer or a person calls themselves as the host does: in a mail they would speak in its name. */
export function hasHostName(name: string, hostName: string): boolean {
  const host = lettersOf(hostName);
  // Shorter ones stand in many names.
  const least = /^\p{Script=Han}+$/u.test(host) ? 2 : 4;
  return [...host].length >= least && lettersOf(name).includes(host);
}

function lettersOf(text: string): string {
  return folded(text)
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
