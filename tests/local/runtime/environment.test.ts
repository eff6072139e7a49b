import { expect, test } from "vitest";
import { functionEnvironment } from "@algoitny/local/runtime/environment";

const endpoints = { dynamodb: "http://127.0.0.1:1", sqs: "http://127.0.0.1:2" };

test("links become the variables that SST would set", () => {
  const env = functionEnvironment({ Table: { name: "t" } }, endpoints, {});
  expect(env).toMatchObject({
    SST_RESOURCE_Table: '{"name":"t"}',
    SST_RESOURCE_App: '{"name":"algoitny","stage":"local"}',
    AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:2",
  });
});

test("nothing of the developer's own AWS or SST settings reaches a function", () => {
  const env = functionEnvironment({}, endpoints, {
    AWS_PROFILE: "production",
    AWS_SESSION_TOKEN: "secret",
    AWS_ACCESS_KEY_ID: "real",
    SST_RESOURCE_Redis: "{}",
    CACHE_PROBLEM_LIST_TTL: "5",
  });
  expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: "local", CACHE_PROBLEM_LIST_TTL: "5" });
  expect(env).not.toHaveProperty("AWS_PROFILE");
  expect(env).not.toHaveProperty("AWS_SESSION_TOKEN");
  expect(env).not.toHaveProperty("SST_RESOURCE_Redis");
});
