import { connectionsMost } from "@/db/client";

/** What a web process opens, from DATABASE_POOL_SIZE: how many transactions of each kind run at once. */
export function webPoolSizes(poolSize: number) {
  return {
    /** Customers' pages and signing in. */
    app: poolSize,
    /** What customers settle. */
    jobs: poolSize,
    /** Staff are few. */
    staff: Math.max(2, Math.ceil(poolSize / 4)),
    /** What staff settle: it shares no connection with customers. */
    staffJobs: 3,
  } as const;
}

/** How many connections a web process opens at most, over all of its pools. */
export function webConnectionsMost(poolSize: number): number {
  return Object.values(webPoolSizes(poolSize)).reduce((sum, size) => sum + connectionsMost(size), 0);
}

/** The worker's own, one that listens for what wakes it, and those of the queue. */
export const workerPoolSize = 5;
export const queuePoolSize = 4;
export const workerConnectionsMost = connectionsMost(workerPoolSize) + 1 + queuePoolSize;
