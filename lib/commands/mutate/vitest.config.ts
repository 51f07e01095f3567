import { testsIn } from "../../../vitest.config";
import { chosenTests } from "./chosen-tests";

const { folders, kinds } = chosenTests();

/** The tests that mutate.ts chose, which it hands to Stryker's processes by their environment. */
export default testsIn(folders, kinds);
