import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { simpleParser } from "mailparser";
import type { Clock } from "@/lib/kernel/clock";
import { type Id, isUuid, newId } from "@/lib/kernel/id";

export type MailId = Id<"mail">;

/** A file that came with a mail; its content is read when it is asked for. */
export interface CaughtFile {
  /** "" where the mail gave it none. */
  readonly name: string;
  readonly bytes: number;
}

export interface CaughtMail {
  readonly id: MailId;
  readonly receivedAt: Date;
  readonly from: string;
  /** Whom the sender named to the server, which is who would have received it. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly files: readonly CaughtFile[];
}

export interface MailStore {
  /** How many of the last mails it keeps. */
  readonly keep: number;
  /** The newest first. */
  list(): readonly CaughtMail[];
  find(id: string): CaughtMail | undefined;
  /** What is in one of a mail's files, by its place among them. */
  fileOf(id: MailId, at: number): Promise<Buffer | undefined>;
  add(raw: Buffer, recipients: readonly string[]): Promise<CaughtMail>;
}

/** Mails in memory, and as files where a directory is given: then they are there again after a restart. */
export async function openMailStore(dataDir: string | null, keep: number, clock: Clock): Promise<MailStore> {
  const mails: CaughtMail[] = dataDir === null ? [] : await loadAll(dataDir, keep);
  // Only where no directory keeps them.
  const inMemory = new Map<MailId, Buffer>();
  return {
    keep,
    list: () => mails,
    find: (id) => mails.find((mail) => mail.id === id),
    fileOf: async (id, at) => {
      const noted = inMemory.get(id) ?? (dataDir === null ? null : await readFile(pathOf(dataDir, id)));
      return noted ? (await parsed(noted)).attachments[at]?.content : undefined;
    },
    add: async (raw, recipients) => {
      const id = newId<MailId>(clock);
      // As a mail server notes it; addresses come checked from the SMTP dialogue, without line ends.
      const noted = Buffer.concat([
        Buffer.from(recipients.map((to) => `Delivered-To: ${to}\r\n`).join("")),
        raw,
      ]);
      const mail = await parseMail(id, noted);
      if (dataDir === null) inMemory.set(id, noted);
      else await writeWhole(pathOf(dataDir, id), noted);
      mails.unshift(mail);
      const dropped = mails.splice(keep);
      for (const { id } of dropped) inMemory.delete(id);
      if (dataDir !== null)
        await Promise.all(dropped.map((old) => rm(pathOf(dataDir, old.id), { force: true })));
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
  await Promise.all(ids.slice(keep).map((id) => rm(pathOf(dataDir, id), { force: true })));
  const kept = ids.slice(0, keep);
  return Promise.all(kept.map(async (id) => parseMail(id, await readFile(pathOf(dataDir, id)))));
}

function pathOf(dataDir: string, id: MailId): string {
  return path.join(dataDir, `${id}.eml`);
}

/** A process that is killed while it writes must not leave half a mail. */
async function writeWhole(file: string, content: Buffer): Promise<void> {
  await writeFile(`${file}.part`, content, { mode: 0o600 });
  await rename(`${file}.part`, file);
}

function parsed(noted: Buffer) {
  return simpleParser(noted, { skipTextToHtml: true, skipImageLinks: true });
}

async function parseMail(id: MailId, noted: Buffer): Promise<CaughtMail> {
  const mail = await parsed(noted);
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
    files: mail.attachments.map(({ filename, content }) => ({ name: filename ?? "", bytes: content.length })),
  };
}

/** The first 48 bits of a UUID v7 are its milliseconds. */
function instantOf(id: MailId): Date {
  return new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));
}
