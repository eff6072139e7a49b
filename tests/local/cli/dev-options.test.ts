import { describe, expect, test } from "vitest";
import { parseDevOptions } from "@algoitny/local/cli/dev-options";

const parse = (args: string, env: NodeJS.ProcessEnv = {}) =>
  parseDevOptions(args.split(" ").filter(Boolean), env);

test("without flags: port 8000, data in .data, sample data, default engines", () => {
  expect(parse("")).toEqual({
    port: 8000,
    dataDir: ".data",
    engines: {
      redis: { engine: undefined, url: undefined },
      dynamodb: { engine: undefined, endpoint: undefined },
    },
    sample: true,
    verbose: false,
    json: false,
    help: false,
  });
});

test("every flag is read", () => {
  const flags =
    "--port 0 --data=/tmp/x --redis server --dynamodb local --no-sample --verbose --json";
  expect(parse(flags)).toMatchObject({
    port: 0,
    dataDir: "/tmp/x",
    engines: { redis: { engine: "server" }, dynamodb: { engine: "local" } },
    sample: false,
    verbose: true,
    json: true,
  });
});

describe("engines", () => {
  const env = {
    REDIS_ENGINE: "server",
    REDIS_URL: "redis://127.0.0.1:6379",
    DYNAMODB_ENGINE: "local",
    DYNAMODB_ENDPOINT: "http://127.0.0.1:8000",
  };

  test("come from the environment", () => {
    expect(parse("", env).engines).toEqual({
      redis: { engine: "server", url: "redis://127.0.0.1:6379" },
      dynamodb: { engine: "local", endpoint: "http://127.0.0.1:8000" },
    });
  });

  test("given by a flag take precedence over the environment, addresses included", () => {
    expect(parse("--redis embedded --dynamodb embedded", env).engines).toEqual({
      redis: { engine: "embedded" },
      dynamodb: { engine: "embedded" },
    });
  });

  test("ignore an empty variable", () => {
    expect(parse("", { REDIS_URL: "", DYNAMODB_ENGINE: "" }).engines.redis.url).toBeUndefined();
  });

  test.each([
    [{ REDIS_ENGINE: "foo" }, /^REDIS_ENGINE=foo: write embedded or server$/],
    [{ DYNAMODB_ENGINE: "foo" }, /^DYNAMODB_ENGINE=foo: write embedded or local$/],
    [{ REDIS_REPLICA_LAG: "-1" }, /^REDIS_REPLICA_LAG: write a whole number, 0 or more$/],
    [{ REDIS_URL: "127.0.0.1:6379" }, /^REDIS_URL: write an address like redis:/],
    [{ DYNAMODB_ENDPOINT: "8000" }, "http://127.0.0.1:8000"],
  ])("are refused with the name of an invalid variable: %j", (bad, named) => {
    expect(() => parse("", bad)).toThrow(named);
  });
});

test.each([
  ["--port x", "--port x: write a number from 0 to 65535"],
  ["--port 65536", "--port 65536"],
  ["--port=-1", "--port -1"],
  ["--port", "--port"],
  ["--redis memcached", "--redis memcached: write embedded or server"],
  ["--dynamodb server", "--dynamodb server: write embedded or local"],
  ["--data=", "--data: name a folder"],
  ["--verbos", "--verbos"],
  ["start", "start"],
])("%s is refused with the reason", (flags, message) => {
  expect(() => parse(flags)).toThrow(message);
});
