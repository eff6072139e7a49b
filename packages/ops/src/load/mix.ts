import type { RouteKey } from "@algoitny/functions/deployment/routes";
import { type Random, weighted, zipf } from "./arrivals.ts";
import type { Catalogue } from "./site-items.ts";

/** One request to be sent, and the endpoint that its answer counts for. */
export interface PlannedRequest {
  endpoint: RouteKey;
  path: string;
  /** Sent with the token, as an admin's or user's page does. */
  signedIn?: boolean;
  /** Sends the ETag of this path's last answer, as browsers do that have stored the answer. */
  revalidates?: boolean;
  body?: unknown;
}

/** Share of lists that a client already has. */
const HAVE_LIST = 1 / 3;

/** One kind of request: its part of all, in percent, and how one is drawn. */
interface Kind {
  share: number;
  writes?: true;
  /** Undefined if the stage has no item of this kind. */
  draw: (catalogue: Catalogue) => ((random: Random) => PlannedRequest) | undefined;
}

/** Requests of visitors, signed-in users and admins of the site. */
const KINDS: readonly Kind[] = [
  {
    share: 45,
    draw({ problems }) {
      const problem = zipf(problems);
      return (random) => ({
        endpoint: "GET /api/problems/{id}/",
        path: `/api/problems/${problem(random).id}/`,
      });
    },
  },
  {
    share: 20,
    draw({ problems, platforms }) {
      const page = zipf(
        Array.from({ length: Math.ceil(problems.length / 100) }, (_, at) => at + 1),
      );
      const platform = zipf(["", ...platforms]);
      return (random) => {
        const named = platform(random);
        const filter =
          named === "" ? `page=${page(random)}` : `platform=${encodeURIComponent(named)}`;
        return {
          endpoint: "GET /api/problems/",
          path: `/api/problems/?${filter}`,
          revalidates: random() < HAVE_LIST,
        };
      };
    },
  },
  {
    share: 5,
    draw({ problems }) {
      const problem = zipf(problems);
      return (random) => {
        const [word = ""] = problem(random).title.split(" ");
        return {
          endpoint: "GET /api/problems/",
          path: `/api/problems/?search=${encodeURIComponent(word)}`,
          revalidates: random() < HAVE_LIST,
        };
      };
    },
  },
  { share: 10, draw: () => () => ({ endpoint: "GET /api/history/", path: "/api/history/" }) },
  {
    share: 5,
    draw({ executions }) {
      if (executions.length === 0) return undefined;
      const execution = zipf(executions);
      return (random) => ({
        endpoint: "GET /api/history/{id}/",
        path: `/api/history/${execution(random)}/`,
      });
    },
  },
  {
    share: 5,
    draw: () => () => ({
      endpoint: "GET /api/account/stats/",
      path: "/api/account/stats/",
      signedIn: true,
    }),
  },
  {
    share: 5,
    draw: () => (random) =>
      random() < 0.5
        ? { endpoint: "GET /api/problems/drafts/", path: "/api/problems/drafts/", signedIn: true }
        : {
            endpoint: "GET /api/problems/registered/",
            path: "/api/problems/registered/?page=1",
            signedIn: true,
          },
  },
  {
    share: 5,
    writes: true,
    draw({ problems }) {
      const problem = zipf(problems);
      return (random) => ({
        endpoint: "POST /api/history/",
        path: "/api/history/",
        signedIn: true,
        body: {
          problem_id: problem(random).id,
          language: "python",
          code: "print(1)",
          passed_count: 1,
          failed_count: 0,
          total_count: 1,
          is_code_public: true,
        },
      });
    },
  },
];

/** Mixes of requests, by name: all requests, or only those that change nothing. */
export const MIXES = {
  site: KINDS,
  reads: KINDS.filter(({ writes }) => !writes),
} as const satisfies Record<string, readonly Kind[]>;

export type MixName = keyof typeof MIXES;

/** Draws requests of a mix over what the stage has. */
export function drawFrom(mix: MixName, catalogue: Catalogue): (random: Random) => PlannedRequest {
  const kinds = MIXES[mix].flatMap(({ share, draw }) => {
    const item = draw(catalogue);
    return item ? [{ share, item }] : [];
  });
  const kind = weighted(kinds);
  return (random) => kind(random)(random);
}
