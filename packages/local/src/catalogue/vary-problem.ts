import type { Item } from "@algoitny/core/table/database";
import { PROBLEMS_PER_PARTITION } from "@algoitny/core/table/keys";

/** Judges of the variations. */
const JUDGES = [
  "codeforces",
  "baekjoon",
  "atcoder",
  "leetcode",
  "programmers",
  "spoj",
  "kattis",
  "timus",
  "topcoder",
  "usaco",
  "yosupo",
] as const;

const KOREAN =
  "그래프 트리 정렬 문자열 최단 경로 구간 합 소수 나머지 배열 격자 색칠 연결 이분 탐색 동전 배낭 회전 미로 약수 괄호 수열 게임".split(
    " ",
  );

/** One in four problems has a Korean title. */
const KOREAN_SHARE = 4;

const MS_PER_HOUR = 3_600_000;

/** Scatters consecutive numbers, in the same way at each run (Knuth's multiplicative hash). */
const spread = (number: number): number => Math.imul(number, 2_654_435_761) >>> 0;

const pick = <Element>(list: readonly Element[], number: number): Element =>
  list[spread(number) % list.length] as Element;

/**
 * Attributes of a variation: a judge of `JUDGES`, a title of Korean words or of the halves of two sources' titles, and a
 * `problem_id` that ends in its id. The same id, sources and time always give the same attributes.
 */
export function varyProblem(sources: readonly Item[], id: number, nowMs: number) {
  const source = sources[id % sources.length] as Item;
  const other = pick(sources, id);
  const title =
    id % KOREAN_SHARE === 0
      ? [1, 2, 3].map((place) => pick(KOREAN, id * 3 + place)).join(" ")
      : mixed(String(source["title"]), String(other["title"]));
  return {
    id,
    platform: JUDGES[Math.floor(id / KOREAN_SHARE) % JUDGES.length] as string,
    problem_id: `${String(source["problem_id"])}-${id}`,
    title,
    problem_url: "",
    tags: [...new Set([...tagsOf(source), ...tagsOf(other).slice(0, 1)])],
    language: "",
    is_completed: id % PROBLEMS_PER_PARTITION !== 0,
    is_deleted: false,
    created_at: new Date(nowMs - (spread(id) % 10_000) * MS_PER_HOUR).toISOString(),
    test_case_count: 0,
    execution_count: 0,
    version: 1,
    variant_of: source["id"],
  };
}

/** First half of one title, second half of another. */
function mixed(first: string, second: string): string {
  const [begin, end] = [first.split(" "), second.split(" ")];
  return [
    ...begin.slice(0, Math.ceil(begin.length / 2)),
    ...end.slice(Math.floor(end.length / 2)),
  ].join(" ");
}

const tagsOf = ({ tags }: Item): string[] => (Array.isArray(tags) ? tags.map(String) : []);
