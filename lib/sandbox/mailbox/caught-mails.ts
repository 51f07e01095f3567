import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { simpleParser } from "mailparser";
import type { Clock } from "@/lib/kernel/clock";
import { type Id, isUuid, newId } from "@/lib/kernel/id";

export type MailId = Id<"mail">;

export interface CaughtMail {
  readonly id: MailId;
  readonly receivedAt: Date;
  readonly from: string;
  /** Whom the sender named to the server, which is who would have received it. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

export interface MailStore {
  /** How many of the last mails it keeps. */
  readonly keep: number;
  /** The newest first. */
  list(): readonly CaughtMail[];
  find(id: string): CaughtMail | undefined;
  add(raw: Buffer, recipients: readonly string[]): Promise<CaughtMail>;
}

/** Mails in memory, and as files where a directory is given: then they are there again after a restart. */
export async function openMailStore(dataDir: string | null, keep: number, clock: Clock): Promise<MailStore> {
  const mails: CaughtMail[] = dataDir === null ? [] : await loadAll(dataDir, keep);
  return {
    keep,
    list: () => mails,
    find: (id) => mails.find((mail) => mail.id === id),
    add: async (raw, recipients) => {
      const id = newId<MailId>(clock);
      // As a mail server notes it; addresses come checked from the SMTP dialogue, without line ends.
      const noted = Buffer.concat([
        Buffer.from(recipients.map((to) => `Delivered-To: ${to}\r\n`).join("")),
        raw,
      ]);
      const mail = await parseMail(id, noted);
      if (dataDir !== null) await writeWhole(fileOf(dataDir, id), noted);
      mails.unshift(mail);
      const dropped = mails.splice(keep);
      if (dataDir !== null)
        await Promise.all(dropped.map((old) => rm(fileOf(dataDir, old.id), { force: true })));
      return mail;
    },
  };
}

async function loadAll(dataDir: string, keep: number): Promise<CaughtMail[]> {
  // In mails are links with which a password is chosen: they are their owner's alone.
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const ids = (await readdir(dataDir))
    .filter((name) => name.endsWith(".eml") && isUuid(name.slice(0, -4)))
    .map((name) => name.slice(0, -4) as MailId)
    .sort()
    .reverse();
  await Promise.all(ids.slice(keep).map((id) => rm(fileOf(dataDir, id), { force: true })));
  const kept = ids.slice(0, keep);
  return Promise.all(kept.map(async (id) => parseMail(id, await readFile(fileOf(dataDir, id)))));
}

function fileOf(dataDir: string, id: MailId): string {
  return path.join(dataDir, `${id}.eml`);
}

/** A process that is killed while it writes must not leave half a mail. */
async function writeWhole(file: string, content: Buffer): Promise<void> {
  await writeFile(`${file}.part`, content, { mode: 0o600 });
  await rename(`${file}.part`, file);
}

async function parseMail(id: MailId, noted: Buffer): Promise<CaughtMail> {
  const mail = await simpleParser(noted, { skipTextToHtml: true, skipImageLinks: true });
  const delivered = mail.headerLines
    .filter(({ key }) => key === "delivered-to")
    .map(({ line }) => line.slice(line.indexOf(":") + 1).trim());
  return {
    id,
    receivedAt: instantOf(id),
    from: mail.from?.text ?? "",
    to: delivered,
    subject: mail.subject ?? "",
    text: (mail.text ?? "").trimEnd(),
    html: mail.html || null,
  };
}

/** The first 48 bits of a UUID v7 are its milliseconds. */
function instantOf(id: MailId): Date {
  return new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));
}
