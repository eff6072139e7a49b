import { parseArgs } from "node:util";
import { explain } from "@algoitny/ops/cli/explain";
import { takenByNpm, usageProblem } from "@algoitny/ops/cli/usage-problem";
import { expect, test } from "vitest";

const coded = (message: string, fields: object) => Object.assign(new Error(message), fields);

test("causes follow the message, without repetitions", () => {
  const inner = new Error("unexpected token");
  const middle = new Error("not JSON: unexpected token", { cause: inner });
  const outer = new Error("a.json cannot be imported", { cause: middle });
  expect(explain(outer)).toBe("a.json cannot be imported\n  because: not JSON: unexpected token");
});

test.each([
  [{ code: "EADDRINUSE", port: 8000 }, /^Port 8000 is taken.*--port 8001$/],
  // A socket in the file system has the port -1.
  [{ code: "EADDRINUSE", port: -1 }, /^text$/],
  [{ code: "EACCES" }, /^text: choose a port above 1023/],
  [{ code: "ENOENT", path: "/x/y.json" }, /^no such file: \/x\/y\.json$/],
  [{ code: "EISDIR" }, /folder/],
])("a system error of %j is explained", (fields, expected) => {
  expect(explain(coded("text", fields))).toMatch(expected);
});

test("a connection refused over both protocols shows both reasons", () => {
  const error = new AggregateError([new Error("refused ::1"), new Error("refused 127.0.0.1")]);
  expect(explain(error)).toBe("refused ::1, refused 127.0.0.1");
});

test("a thrown value that is not an error is shown unchanged", () => {
  expect(explain("gone")).toBe("gone");
});

const options = {
  seconds: { type: "string", short: "s" },
  json: { type: "boolean" },
} as const;

test.each([
  ["--frob", "no option --frob"],
  ["--jsno", "no option --jsno: did you mean --json?"],
  ["--seconds -1", '--seconds -1: a value cannot begin with "-", except after "="'],
  ["--seconds", "--seconds: give it a value"],
  ["-s", "--seconds: give it a value"],
  ["--json=1", "--json takes no value"],
  ["8123", "unexpected argument 8123"],
])("the command line %s is refused in one sentence", (line, text) => {
  const args = line.split(" ");
  const parse = () => {
    try {
      return parseArgs({ args, options });
    } catch (error) {
      return error;
    }
  };
  expect(usageProblem(parse(), args, ["--seconds", "--json"])).toBe(text);
});

test.each([
  [{ npm_config_port: "true" }, 'options follow "--": npm run dev -- --port 8123'],
  [
    { npm_config_port: "true", npm_config_read_units: "true" },
    'options follow "--": npm run dev -- --port … --read-units …',
  ],
  [{ npm_config_yes: "true" }, undefined],
])("options that npm took are named with the line that was meant: %j", (taken, text) => {
  const usage = "Usage: npm run dev\n\n  --port N   port\n  --read-units N  units";
  expect(takenByNpm(usage, ["8123"], { npm_lifecycle_event: "dev", ...taken })).toBe(text);
});
