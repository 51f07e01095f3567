import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { SMTPServer } from "smtp-server";
import { type Clock, systemClock } from "@/lib/kernel/clock";
import { type CaughtMail, type MailStore, openMailStore } from "./caught-mails";
import { answerOf } from "./pages";

export interface MailboxOptions {
  /** 0 is any free port. */
  smtpPort?: number;
  httpPort?: number;
  /** Where mails are kept over restarts; null keeps them in memory. */
  dataDir?: string | null;
  /** How many of the last mails are kept. */
  keep?: number;
  clock?: Clock;
}

export interface Mailbox {
  /** For SMTP_URL. */
  readonly smtpUrl: string;
  /** Where people read the mails. */
  readonly url: string;
  /** The newest first. A mail is in it as soon as its sender was told that it was taken. */
  messages(): readonly CaughtMail[];
  close(): Promise<void>;
}

const loopback = "127.0.0.1";
const mailBytesMax = 5 * 1024 * 1024;

/** The demo's mail server: takes every mail, delivers none, and shows them on a page. This machine only. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const store = await openMailStore(
    options.dataDir ?? null,
    options.keep ?? 500,
    options.clock ?? systemClock,
  );
  const smtp = smtpServer(store);
  const smtpPort = await listen(smtp.server as Server, options.smtpPort ?? 0);
  const http = createServer((request, response) => {
    answerOf(store, request, (http.address() as AddressInfo).port).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      // A mail that went while its file was read.
      () => response.writeHead(500).end(),
    );
  });
  const httpPort = await listen(http, options.httpPort ?? 0).catch(async (error: unknown) => {
    await closeSmtp(smtp);
    throw error;
  });
  return {
    smtpUrl: `smtp://${loopback}:${smtpPort}`,
    url: `http://${loopback}:${httpPort}`,
    messages: () => store.list(),
    close: async () => {
      http.closeAllConnections();
      await Promise.all([closeSmtp(smtp), new Promise((closed) => http.close(closed))]);
    },
  };
}

function smtpServer(store: MailStore): SMTPServer {
  const server = new SMTPServer({
    banner: "mailbox of the demo",
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    size: mailBytesMax,
    onData: (stream, session, answer) => {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      readAll(stream)
        .then((raw) => (raw.length > mailBytesMax ? tooLarge() : store.add(raw, recipients)))
        .then(() => answer(null), answer);
    },
  });
  // A sender that hangs up is the sender's business.
  server.on("error", () => {});
  return server;
}

function tooLarge(): never {
  throw Object.assign(new Error("the mail is too large"), { responseCode: 552 });
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read to its end, so that the dialogue can go on, but not kept.
    if (bytes <= mailBytesMax + 1) chunks.push(chunk);
  }
  return bytes > mailBytesMax ? Buffer.alloc(mailBytesMax + 1) : Buffer.concat(chunks);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, loopback, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeSmtp(smtp: SMTPServer): Promise<void> {
  return new Promise((closed) => smtp.close(() => closed()));
}
