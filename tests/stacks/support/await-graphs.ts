import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { evaluatedIn } from "./graph-files.ts";

const POLL_MS = 100;

// Each file of the stacks' tests may ask for a graph as soon as it is loaded.
while (!existsSync(evaluatedIn(inject("graphs")))) await sleep(POLL_MS);
