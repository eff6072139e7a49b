import { rows } from "./rows.ts";
import type { Scale } from "./result.ts";

/** Runs one row in a separate process, so that memory and compiled code of one row do not affect the next. */
const [name = "", scale = "quick"] = process.argv.slice(2);
const row = rows[name];
if (row === undefined) throw new Error(`unknown row "${name}"`);
const result = await row.run({
  scale: scale as Scale,
  progress: (progress) => process.send?.({ progress }),
});
process.send?.({ result }, () => process.exit());
