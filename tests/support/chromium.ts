import { existsSync } from "node:fs";

/** A browser of this machine, undefined where there is none; `CHROMIUM` names another one. */
export const EXECUTABLE = [
  process.env["CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
].find((path) => path !== "" && existsSync(path));
