import { randomUUID } from "node:crypto";
import { sqlState } from "@/db/transaction";
import { writeLog } from "@/lib/kernel/log";

/**
 * Writes an unexpected error to the log and answers the id under which it is found there: all that a browser is told.
 * Only what an Error says by itself is written; what drivers attach to it (queries, parameters) may hold secrets.
 */
export function logFault(error: unknown, where: string): string {
  const id = randomUUID();
  const { name, message, stack } = error instanceof Error ? error : new Error("something else was thrown");
  writeLog("error", "fault", { id, where, name, message, sqlState: sqlState(error), stack });
  return id;
}
