import { describe, expect, test } from "vitest";
import { ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";

const graph = graphOf("dev");

describe("sst dev with AWS credentials alone", () => {
  test("links the Redis of this machine to every function that needs one", () => {
    const linked = graph.functions.flatMap(({ links }) => links["Redis"] ?? []);
    expect(linked.length).toBeGreaterThan(0);
    for (const link of linked) {
      expect(link).toMatchObject({ url: "http://127.0.0.1:8079", token: "local" });
    }
  });

  test("starts that Redis in a separate tab", () => {
    const { outputs } = theOne(graph, "sst:sst:DevCommand", "LocalRedis");
    expect(outputs).toMatchObject({
      _dev: { command: "npm run redis -- --port 8079 --token local", autostart: true },
    });
  });

  test("needs neither an issuer nor Upstash", () => {
    expect(ofType(graph, "aws:cognito/userPool:UserPool")).toHaveLength(1);
    expect(ofType(graph, "upstash:index/redisDatabase:RedisDatabase")).toEqual([]);
  });
});
