import { fileClock } from "@/lib/kernel/file-clock";
import { startMailbox } from "./mailbox";

// The demo's mailbox as a process of its own: MAILBOX_SMTP_PORT and MAILBOX_HTTP_PORT (any free port if left out),
// MAILBOX_DATA (in memory if left out) and MAILBOX_CLOCK_FILE (how far the demo's clock was moved; the system's clock if left out).
const mailbox = await startMailbox({
  smtpPort: portOf("MAILBOX_SMTP_PORT"),
  httpPort: portOf("MAILBOX_HTTP_PORT"),
  dataDir: process.env.MAILBOX_DATA || null,
  ...(process.env.MAILBOX_CLOCK_FILE && { clock: fileClock(process.env.MAILBOX_CLOCK_FILE) }),
});
console.log(`mailbox ready at ${mailbox.url} (smtp ${new URL(mailbox.smtpUrl).port})`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void mailbox.close().then(() => process.exit(0)));
}

function portOf(variable: string): number {
  const text = process.env[variable] || "0";
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  console.error(
    `${variable} is not a port: set it to a number from 0 to 65535, or leave it out for a free one`,
  );
  process.exit(1);
}
