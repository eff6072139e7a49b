/** A sample problem in the form that an admin would post, with its test cases as pairs of input and output. */
export interface SampleProblem {
  platform: "baekjoon" | "codeforces";
  problem_id: string;
  title: string;
  tags: string[];
  language: string;
  is_completed: boolean;
  constraints: string;
  solution_code: string | null;
  testCases: ReadonlyArray<readonly [input: string, output: string]>;
}

const baekjoon = { platform: "baekjoon", language: "python", is_completed: true } as const;
const codeforces = { platform: "codeforces", language: "cpp", is_completed: true } as const;

/** A program that reads all integers and prints `expression` of them. */
const python = (expression: string) =>
  `import sys\n\nn = list(map(int, sys.stdin.read().split()))\nprint(${expression})\n`;

/** Oldest first; the last two are drafts, of a platform that no import contains, so they stay drafts. */
export const sampleProblems: readonly SampleProblem[] = [
  {
    ...baekjoon,
    problem_id: "1000",
    title: "A+B",
    tags: ["math", "implementation"],
    constraints: "0 < A, B < 10",
    solution_code: python("n[0] + n[1]"),
    testCases: [
      ["1 2\n", "3\n"],
      ["9 9\n", "18\n"],
      ["4 5\n", "9\n"],
    ],
  },
  {
    ...baekjoon,
    problem_id: "1001",
    title: "A-B",
    tags: ["math"],
    constraints: "0 < A, B < 10",
    solution_code: python("n[0] - n[1]"),
    testCases: [
      ["3 2\n", "1\n"],
      ["1 9\n", "-8\n"],
    ],
  },
  {
    ...baekjoon,
    problem_id: "10998",
    title: "A×B",
    tags: ["math"],
    constraints: "0 < A, B < 10",
    solution_code: python("n[0] * n[1]"),
    testCases: [
      ["1 2\n", "2\n"],
      ["3 4\n", "12\n"],
    ],
  },
  {
    ...baekjoon,
    problem_id: "2557",
    title: "Hello World",
    tags: ["implementation"],
    constraints: "",
    solution_code: 'print("Hello World!")\n',
    testCases: [["", "Hello World!\n"]],
  },
  {
    ...baekjoon,
    problem_id: "10818",
    title: "최소, 최대",
    tags: ["implementation", "math"],
    constraints: "1 ≤ N ≤ 1,000,000",
    solution_code: python("min(n[1:]), max(n[1:])"),
    testCases: [
      ["5\n20 10 35 30 7\n", "7 35\n"],
      ["1\n-1\n", "-1 -1\n"],
    ],
  },
  {
    ...baekjoon,
    problem_id: "8393",
    title: "합",
    tags: ["math"],
    constraints: "1 ≤ n ≤ 10,000",
    solution_code: python("n[0] * (n[0] + 1) // 2"),
    testCases: [
      ["3\n", "6\n"],
      ["10000\n", "50005000\n"],
    ],
  },
  {
    ...codeforces,
    problem_id: "4A",
    title: "Watermelon",
    tags: ["brute force", "math"],
    constraints: "1 ≤ w ≤ 100",
    solution_code: python('"YES" if n[0] % 2 == 0 and n[0] > 2 else "NO"'),
    testCases: [
      ["8\n", "YES\n"],
      ["2\n", "NO\n"],
      ["7\n", "NO\n"],
    ],
  },
  {
    ...codeforces,
    problem_id: "71A",
    title: "Way Too Long Words",
    tags: ["strings"],
    constraints: "1 ≤ n ≤ 100, words of 1 to 100 letters",
    solution_code: null,
    testCases: [["2\nword\nlocalization\n", "word\nl10n\n"]],
  },
  {
    ...codeforces,
    problem_id: "282A",
    title: "Bit++",
    tags: ["implementation"],
    constraints: "1 ≤ n ≤ 150",
    solution_code: null,
    testCases: [
      ["1\n++X\n", "1\n"],
      ["2\nX++\n--X\n", "0\n"],
    ],
  },
  {
    ...codeforces,
    problem_id: "231A",
    title: "Team",
    tags: ["brute force", "greedy"],
    constraints: "1 ≤ n ≤ 1000",
    solution_code: null,
    testCases: [["3\n1 1 0\n1 1 1\n1 0 0\n", "2\n"]],
  },
  {
    ...baekjoon,
    problem_id: "1753",
    title: "최단경로",
    tags: ["graphs", "dijkstra"],
    is_completed: false,
    constraints: "1 ≤ V ≤ 20,000",
    solution_code: null,
    testCases: [["2 1\n1\n1 2 3\n", "0\n3\n"]],
  },
  {
    ...baekjoon,
    problem_id: "1260",
    title: "DFS와 BFS",
    tags: [],
    is_completed: false,
    constraints: "",
    solution_code: null,
    testCases: [],
  },
];
