import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RenewalProgress } from "@/lib/billing/renewal/run-renewals";

export type RunOrder = { kind: "run"; url: string; at: string } | { kind: "go" };

export type RunNews =
  | { kind: "news"; due: number }
  | { kind: "done"; progress: RenewalProgress; seconds: number; megabytes: number }
  | { kind: "failed"; message: string };

export type Ran = Extract<RunNews, { kind: "done" }>;

export interface RenewProcess {
  /** One run over what is due in the database at the instant; it stands still while `meanwhile` is at work. */
  run(url: string, at: Date, meanwhile: (due: number) => Promise<void>): Promise<Ran>;
  stop(): void;
}

/** Starts a process that runs renewals as the worker does. */
export function startRenewProcess(): RenewProcess {
  const program = fileURLToPath(new URL("./renew-worker.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const order = (what: RunOrder) => void child.send(what);
  return {
    run: (url, at, meanwhile) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          child.off("message", heard);
          child.off("exit", gone);
          settle();
        };
        const gone = () => end(() => reject(new Error("the process that renews ended")));
        const heard = (news: RunNews) => {
          if (news.kind === "done") return end(() => resolve(news));
          if (news.kind === "failed") return end(() => reject(new Error(news.message)));
          meanwhile(news.due).then(
            () => order({ kind: "go" }),
            (error: unknown) => end(() => reject(error)),
          );
        };
        child.on("message", heard);
        child.once("exit", gone);
        order({ kind: "run", url, at: at.toISOString() });
      }),
    stop: () => void child.kill(),
  };
}
