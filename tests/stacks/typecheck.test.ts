import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { graphOf } from "./support/graphs.ts";
import { messageOf, ROOT } from "./support/platform.ts";

/** Runs `npm run typecheck:stacks`; the platform is installed by then. */
function typecheck(): string {
  try {
    execFileSync("npm", ["run", "-s", "typecheck:stacks"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return messageOf(error);
  }
}

test("the stacks have no type errors against SST's own sources", () => {
  graphOf("production");
  expect(typecheck()).toBe("");
}, 120_000);
