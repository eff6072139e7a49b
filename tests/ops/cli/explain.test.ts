import { explain } from "@algoitny/ops/cli/explain";
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
