/** Platform and problem id in a problem's address. */
export interface ProblemKey {
  platform: string;
  problem_id: string;
}

const CODEFORCES = /^((www|m\d?|mirror)\.)?codeforces\.com$/;

/**
 * Hosts and paths of problem pages, and the parts of the problem id in them. A numeric index has two digits (contest 921
 * has 01 to 14), so that `92101` is unambiguous.
 */
const SITES: readonly { platform: string; host: RegExp; path: RegExp }[] = [
  {
    platform: "codeforces",
    host: CODEFORCES,
    path: /^\/problemset\/problem\/([1-9]\d*)\/([a-z]\d*|\d\d)\/?$/i,
  },
  {
    platform: "codeforces",
    host: CODEFORCES,
    path: /^\/(?:contest|gym)\/([1-9]\d*)\/problem\/([a-z]\d*|\d\d)\/?$/i,
  },
  { platform: "baekjoon", host: /^(www\.)?acmicpc\.net$/, path: /^\/problem\/([1-9]\d*)\/?$/ },
];

/** Reads platform and problem id from a Codeforces or Baekjoon address; undefined for any other. */
export function parseProblemUrl(text: string): ProblemKey | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  for (const { platform, host, path } of SITES) {
    const match = host.test(url.hostname) ? path.exec(url.pathname) : null;
    if (match) return { platform, problem_id: match.slice(1).join("").toUpperCase() };
  }
  return undefined;
}
