import { checks } from "@algoitny/ops/smoke/checks";
import type { Api } from "@algoitny/ops/smoke/smoke-api";
import { expect, test } from "vitest";

const answering = (status: number, headers: Record<string, string> = {}): Api => ({
  origins: ["https://app.example.com"],
  ask: async () => ({ status, headers: new Headers(headers), text: "", json: undefined }),
});

const ALLOWED = {
  "access-control-allow-origin": "https://app.example.com",
  "access-control-allow-methods": "GET,PATCH",
  "access-control-allow-headers": "authorization,content-type",
};

const preflights = checks.filter(({ name }) => /preflight|allows browsers/.test(name));

test.each([200, 404, 401])(
  "a preflight that is answered with %d fails the smoke test",
  async (status) => {
    expect(preflights).toHaveLength(2);
    for (const { run } of preflights)
      await expect(run(answering(status, ALLOWED))).rejects.toThrow(
        `answered ${status} instead of 204`,
      );
  },
);

test("a preflight that does not allow a configured origin fails the smoke test", async () => {
  const [, own] = preflights;
  await expect(own?.run(answering(204))).rejects.toThrow("does not allow https://app.example.com");
  await expect(own?.run(answering(204, ALLOWED))).resolves.toBeUndefined();
});
