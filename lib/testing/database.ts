import { inject } from "vitest";
import { copyTemplate, type TestDatabase } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** The maintenance database of the server that all database tests share. */
    testServerUrl: string;
  }
}

/** A migrated, empty database of one's own, copied from the template: call it once for each test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return copyTemplate(inject("testServerUrl"));
}
