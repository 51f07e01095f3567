/** The page of a plan. */
export function planPath(key: string): string {
  return `/admin/plans/${encodeURIComponent(key)}`;
}
