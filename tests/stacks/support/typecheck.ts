import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { PLATFORM, ROOT } from "./platform.ts";

// SST's types are its sources, which exist once `npm test`, or SST itself, has installed the platform.
if (existsSync(path.join(PLATFORM, "config.d.ts"))) {
  const project = path.join(ROOT, "stacks/tsconfig.json");
  process.exitCode = spawnSync("tsc", ["-p", project], { stdio: "inherit" }).status ?? 1;
} else {
  console.log(
    "stacks/ is not type-checked: .sst/platform is not there yet (`npm test` installs it)",
  );
}
