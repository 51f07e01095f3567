/** Next calls this once in each process that serves, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { context } = await import("@/lib/auth/context");
  const { watchClientAddresses } = await import("@/lib/auth/client-address");
  const { openFrontDoor } = await import("@/lib/auth/front-door");
  const { writeConsoleAsLines } = await import("@/lib/kernel/log");
  if (process.env.NODE_ENV === "production") writeConsoleAsLines();
  watchClientAddresses(context().settings);
  openFrontDoor(context().settings);
}
