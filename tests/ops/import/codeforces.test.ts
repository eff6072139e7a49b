import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { expect, test } from "vitest";
import { type ApiClient, ApiError } from "@algoitny/ops/api-client";
import { readProblems } from "@algoitny/ops/import/codeforces";
import { importProblems } from "@algoitny/ops/import/import-problems";

const problem = {
  contestId: 4,
  index: "A",
  name: "Watermelon",
  type: "PROGRAMMING",
  tags: ["math"],
};
const file = (problems: unknown, problemStatistics: unknown = []) =>
  JSON.stringify({ status: "OK", result: { problems, problemStatistics } });

test("a problem's address, id and count come from contest, index and statistics", () => {
  const statistics = [{ contestId: 4, index: "A", solvedCount: 120 }];
  expect(readProblems(file([problem], statistics))).toEqual([
    {
      platform: "codeforces",
      problem_id: "4A",
      title: "Watermelon",
      problem_url: "https://codeforces.com/problemset/problem/4/A",
      tags: ["math"],
      execution_count: 120,
    },
  ]);
});

test("the oldest contests come first, so that the newest problems get the highest ids", () => {
  const problems = [
    { ...problem, contestId: 1077, index: "F2" },
    { ...problem, contestId: 4, index: "B" },
    { ...problem, contestId: 921, index: "01" },
    problem,
  ];
  expect(readProblems(file(problems)).map(({ problem_id }) => problem_id)).toEqual([
    "4A",
    "4B",
    "92101",
    "1077F2",
  ]);
});

test("gym problems have another address", () => {
  const [gym] = readProblems(file([{ ...problem, contestId: 100_001 }]));
  expect(gym?.problem_url).toBe("https://codeforces.com/gym/100001/problem/A");
});

test.each([
  ["a file that is cut short", '{"status": "OK", "res', /^not JSON: .*position/],
  ["a text", '"problems"', /^not an answer of problemset\.problems:\n  it is not a JSON object$/],
  [
    "a failed answer",
    '{"status": "FAILED", "comment": "x"}',
    /^the Codeforces API reported a failure: x$/,
  ],
  [
    "a field of the wrong type",
    file([problem, { ...problem, index: 7 }]),
    /result\.problems\.1\.index: /,
  ],
  [
    "a problem without a contest",
    file([{ ...problem, contestId: undefined }]),
    /problems\.0\.contestId: is missing/,
  ],
  [
    "a contest that is not a number",
    file([{ ...problem, contestId: "x" }]),
    /problems\.0\.contestId: must be a whole number above 0/,
  ],
  [
    "a problem that is there twice",
    file([problem, { ...problem, index: "B" }, { ...problem, index: "a" }]),
    /problems\.2: problem 4A is there twice/,
  ],
  [
    "a name that is too long for the API",
    file([problem, { ...problem, index: "B", name: "x".repeat(501) }]),
    /problems\.1\.name: .*500/,
  ],
  ["an empty tag", file([{ ...problem, tags: ["math", " "] }]), /problems\.0\.tags\.1: /],
  [
    "a tag that cannot be stored",
    file([{ ...problem, tags: ["\uD800"] }]),
    /problems\.0\.tags\.0: write well-formed Unicode/,
  ],
  [
    "an index that makes too long a problem id",
    file([{ ...problem, index: `A${"1".repeat(100)}` }]),
    /problems\.0\.index: /,
  ],
])("%s is refused, with the fault and its place", (_what, text, message) => {
  expect(() => readProblems(text)).toThrow(message);
});

test("the first ten faults are listed, with the number of the others", () => {
  const problems = Array.from({ length: 13 }, () => ({ ...problem, name: "" }));
  expect(() => readProblems(file(problems))).toThrow(/problems\.9\.name.*\n.*and 3 more/);
});

test("texts are normalised as the API stores them, so that a second import finds nothing to change", () => {
  const [trimmed] = readProblems(file([{ ...problem, name: " A ", tags: [" dp "] }]));
  expect(trimmed).toMatchObject({ title: "A", tags: ["dp"] });
});

test("after an error no further write starts, and the error is thrown once the running writes have ended", async () => {
  const problems = readProblems(
    file(Array.from({ length: 100 }, (_, index) => ({ ...problem, contestId: index + 1 }))),
  );
  const written: unknown[] = [];
  let underWay = 0;
  const call: ApiClient["call"] = async (method, _path, body) => {
    if (method === "GET") return [];
    underWay += 1;
    written.push(body);
    const isFirst = written.length === 1;
    await turnOfTheLoop();
    if (!isFirst) await turnOfTheLoop();
    underWay -= 1;
    if (isFirst) throw new ApiError(500, "broken");
    return {};
  };
  await expect(importProblems({ call }, problems)).rejects.toThrow("broken");
  expect({ underWay, written: written.length }).toEqual({ underWay: 0, written: 8 });
});

test("problems on further pages of the API count as known too", async () => {
  const problems = readProblems(
    file(Array.from({ length: 205 }, (_, index) => ({ ...problem, contestId: index + 1 }))),
  );
  const writes: string[] = [];
  const call: ApiClient["call"] = async (method, path) => {
    const { pathname, searchParams } = new URL(path, "http://api");
    if (method !== "GET") return writes.push(`${method} ${path}`);
    const number = (name: string) => Number(searchParams.get(name));
    const [page, size] = [number("page"), number("page_size")];
    if (pathname === "/api/problems/") return problems.slice((page - 1) * size, page * size);
    const [id] = pathname.split("/").slice(-2);
    return { ...problems.find(({ problem_id }) => problem_id === id), id: 1 };
  };
  const result = await importProblems({ call }, problems);
  expect({ result, writes }).toEqual({
    result: { created: 0, updated: 0, unchanged: 205 },
    writes: [],
  });
});
