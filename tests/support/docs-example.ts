import { readFileSync } from "node:fs";
import path from "node:path";

const PAGE = path.resolve(import.meta.dirname, "../../docs/http-api.md");

/** The program of `docs/http-api.md` that uses the typed client. */
export function typedClientExample(): string {
  const blocks = [...readFileSync(PAGE, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
  const [, program] = blocks.find(([, code = ""]) => code.includes("openapi-fetch")) ?? [];
  if (program === undefined) throw new Error(`${PAGE} has no example of the typed client`);
  return program;
}
