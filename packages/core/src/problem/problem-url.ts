/** What a problem's address says about it. */
export interface ProblemKey {
  platform: string;
  problem_id: string;
}

/** Hosts and paths of problem pages, and the problem id that a match stands for. */
const SITES: readonly { platform: string; host: RegExp; path: RegExp }[] = [
  {
    platform: "codeforces",
    host: /^((www|m\d?|mirror)\.)?codeforces\.com$/,
    path: /^\/problemset\/problem\/([1-9]\d*)\/([a-z]\d*)\/?$/i,
  },
  {
    platform: "codeforces",
    host: /^((www|m\d?|mirror)\.)?codeforces\.com$/,
    path: /^\/(?:contest|gym)\/([1-9]\d*)\/problem\/([a-z]\d*)\/?$/i,
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
