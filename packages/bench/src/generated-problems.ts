/** A problem as lists of the API show it. */
export interface ListedProblem {
  id: number;
  platform: string;
  problem_id: string;
  title: string;
  problem_url: string;
  tags: string[];
  language: string;
  is_completed: boolean;
  created_at: string;
  test_case_count: number;
}

const WORDS =
  "array beautiful binary board bracket candies chess circle colour cost cutting distance divisor even fence figure forest game graph grid hard interval king lamp letter longest lucky matrix maximum memory mex minimum number odd path permutation picture pieces polygon postcard prime queue random road robot segment sequence square stack stones string substring subset sum swap table teleport thematic tower tree triangle trip two vasya walk water window xor year".split(
    " ",
  );

const TAGS =
  "implementation,math,greedy,dp,data structures,brute force,constructive algorithms,graphs,binary search,dfs and similar,sortings,trees,strings,number theory,combinatorics,geometry,bitmasks,two pointers,dsu,shortest paths".split(
    ",",
  );

/** Linear congruential: the same numbers on every machine (Numerical Recipes, 1992). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Generated problems, always the same ones: about 275 bytes each as JSON. */
export function generateProblems(count: number): ListedProblem[] {
  const random = createRandom(1);
  const pick = (from: readonly string[]) => from[random(from.length)] as string;
  return Array.from({ length: count }, (_, index) => {
    const contest = 1 + random(1_077);
    const letter = "ABCDEFG"[random(7)] as string;
    const title = Array.from({ length: 2 + random(3) }, () => pick(WORDS)).join(" ");
    return {
      id: index + 1,
      platform: "codeforces",
      problem_id: `${contest}${letter}`,
      title: title[0]?.toUpperCase() + title.slice(1),
      problem_url: `https://codeforces.com/problemset/problem/${contest}/${letter}`,
      tags: [...new Set(Array.from({ length: random(4) }, () => pick(TAGS)))],
      language: "cpp",
      is_completed: random(5) > 0,
      created_at: new Date(1_500_000_000_000 + random(200_000_000) * 1_000).toISOString(),
      test_case_count: random(40),
    };
  });
}

/** Values of the hit path by the name of their size. */
export const VALUES = {
  "1 KB": generateProblems(4),
  "50 problems": generateProblems(50),
  "1,000 problems": generateProblems(1_000),
} as const;

export type Size = keyof typeof VALUES;
