import type { ImportedProblem } from "@algoitny/ops/import/codeforces";

/** Generated problems in the shape of an import, the same ones for the same number: four for each contest. */
export function generateProblems(count: number): ImportedProblem[] {
  return Array.from({ length: count }, (_, index) => {
    const [contest, letter] = [1 + Math.floor(index / 4), "ABCD"[index % 4]];
    return {
      platform: "codeforces",
      problem_id: `${contest}${letter}`,
      title: `Problem ${letter} of contest ${contest}`,
      problem_url: `https://codeforces.com/problemset/problem/${contest}/${letter}`,
      tags: index % 3 === 0 ? ["math", "greedy"] : ["dp"],
      execution_count: (index * 7) % 1_000,
    };
  });
}
