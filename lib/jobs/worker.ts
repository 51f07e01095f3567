import { PgBoss } from "pg-boss";
import { jobSchema } from "@/db/migrate";
import { queuePoolSize } from "@/lib/auth/pool-sizes";
import { writeLog } from "@/lib/kernel/log";
import { type Job, jobs, type WorkerTools } from "./jobs";
import { noteEnd, noteStart } from "./note-run";
import { wakeOn } from "./wake";

/**
 * Starts the worker's queues. Each job has a queue with at most one waiting and one running, over all workers: it
 * sends itself again when it ends, and cron sends it each minute in case a worker died in between. What wakes at a
 * notice runs beside its queue then. While it is resting, nothing is run: the time machine does all of it.
 */
export async function startWorker(
  tools: WorkerTools,
  databaseUrl: string,
  isResting: () => boolean = () => false,
): Promise<{ stop(): Promise<void> }> {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: jobSchema, max: queuePoolSize });
  boss.on("error", (error) => writeLog("error", "queue_error", { message: error.message }));
  await boss.start();
  const run = (job: Job) => (isResting() ? Promise.resolve() : runLogged(tools, job));
  for (const job of jobs) await startJob(boss, job, run);
  const ears = await Promise.all(
    jobs.flatMap((job) => (job.wakesOn ? [wakeOn(tools.world.jobs, job.wakesOn, () => run(job))] : [])),
  );
  return {
    stop: async () => {
      await Promise.all(ears.map((ear) => ear.stop()));
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

async function startJob(boss: PgBoss, job: Job, run: (job: Job) => Promise<void>): Promise<void> {
  // A job that died with its worker is given up soon; the next one finds the same work.
  await boss.createQueue(job.name, { policy: "stately", retryLimit: 0, expireInSeconds: 300 });
  await boss.schedule(job.name, "* * * * *");
  await boss.work(job.name, { pollingIntervalSeconds: 2 }, async () => {
    await run(job);
    await boss.send(job.name, {}, { startAfter: job.everySeconds });
  });
  await boss.send(job.name, {});
}

async function runLogged(tools: WorkerTools, job: Job): Promise<void> {
  const { jobs: database, clock } = tools.world;
  let failure: string | null = null;
  try {
    await noteStart(database, job, clock.now());
    const done = await job.run(tools);
    if (done) writeLog("info", "job_done", { job: job.name, ...done });
  } catch (error) {
    failure = error instanceof Error ? error.message : "fault";
    writeLog("error", "job_failed", { job: job.name, message: failure });
  }
  try {
    await noteEnd(database, job.name, failure, clock.now());
  } catch (error) {
    writeLog("error", "job_not_noted", {
      job: job.name,
      message: error instanceof Error ? error.message : "fault",
    });
  }
}
