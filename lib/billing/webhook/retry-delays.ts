const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** From one attempt to the next: as Standard Webhooks advises, three days in all. */
const delaysMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  16 * hour,
  24 * hour,
];

/** How long to wait after so many attempts that failed; null after the last. Milliseconds. */
export function retryDelayMs(attempts: number): number | null {
  return delaysMs[attempts - 1] ?? null;
}

/** The first attempt and all that follow. */
export const attemptsMost = delaysMs.length + 1;
