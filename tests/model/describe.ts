import type { Store } from "@algoitny/cache/store";
import type {
  CommitBatch,
  CommitResult,
  LeaseBatch,
  LeaseGrant,
  Outcome,
} from "../../packages/cache/src/store.ts";

/** One request to the store and its result, for the timeline. */
export function describeRequest(operation: keyof Store, request: unknown, result: unknown): string {
  switch (operation) {
    case "mget": {
      const [keys, values] = [request as string[], result as (string | null)[]];
      return `store: look ${keys.map((key, index) => `${short(key)}=${brief(values[index])}`).join(" ")}`;
    }
    case "lease": {
      const outcomes = result as Outcome<LeaseGrant>[];
      const each = (request as LeaseBatch).requests.map(({ leaseKey }, index) => {
        const outcome = outcomes[index];
        const verdict = outcome?.ok && outcome.value.granted ? "granted" : "denied";
        return `${short(leaseKey)} ${verdict}`;
      });
      return `store: ${each.join(", ")}`;
    }
    case "commit": {
      const outcomes = result as Outcome<CommitResult>[];
      const each = (request as CommitBatch).requests.map(({ entryKey, rest }, index) => {
        const outcome = outcomes[index];
        const verdict = outcome?.ok ? outcome.value.state : "failed";
        return `${short(entryKey)}=${brief(rest)} ${verdict}`;
      });
      return `store: commit ${each.join(", ")}`;
    }
    default:
      return `store: ${operation} ${JSON.stringify(request)}`;
  }
}

function short(name: string): string {
  return name.replace(/^m:/, "");
}

/** An entry as the id of its load, a stamp without its sequence number. */
function brief(text: string | null | undefined): string {
  if (text === null || text === undefined) return "-";
  const load = /"load":"(\d+)"/.exec(text)?.[1];
  return load === undefined ? text.replaceAll(/^\d+\.|-/g, "") : `load ${load}`;
}
