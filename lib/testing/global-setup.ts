import type { TestProject } from "vitest/node";
import { startTestServer } from "./server";

/** One server for all database tests of a run; vitest calls what is returned at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide("testServerUrl", server.url);
  return server.stop;
}
