import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { HttpEvent } from "@algoitny/functions/endpoint/http-event";
import { localLinks } from "@algoitny/local/linked-services";
import { functionEnvironment } from "@algoitny/local/runtime/environment";
import { HttpError } from "@algoitny/local/upstash/start-upstash";
import { expect, test } from "vitest";
import { END } from "../../packages/cache/src/stores/scripts.ts";
import { httpEvent } from "../functions/support/http-events.ts";
import { cost, startWorld, type World } from "../support/people.ts";

const HANDLER = new URL("../../packages/functions/src/http/update-history.ts", import.meta.url);
const SCRIPT = `
  const { handler } = await import(${JSON.stringify(HANDLER.href)});
  const context = { awsRequestId: "last", getRemainingTimeInMillis: () => 10_000 };
  await handler(JSON.parse(process.argv[1]), context);
`;

/** Changes an execution in a separate process. */
function startWriter(world: World, event: HttpEvent): ChildProcess {
  const { endpoint, table } = world.dynamodb;
  const links = localLinks({ issuerUrl: world.url, table, redis: world.upstash, queueUrls: {} });
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  return spawn(process.execPath, ["--input-type=module", "--eval", SCRIPT, JSON.stringify(event)], {
    cwd,
    env: functionEnvironment(links, { dynamodb: endpoint }),
    stdio: ["ignore", "ignore", "inherit"],
  });
}

test("code that was hidden stays hidden in every process when its writer is killed, also without the stream", async () => {
  let writer: ChildProcess | undefined;
  let isWritten = false;
  await using world = await startWorld({
    instances: 2,
    intercept: (commands, run) => {
      if (writer === undefined) return run();
      const [name, ...rest] = commands[0] ?? [];
      // Refuses the stream's invalidations, so that the result does not depend on them.
      if (name === "DEL") throw new HttpError(503, "not now");
      // A change is begun before its write, more than once if an answer is late, and ended after it.
      if (!String(rest[0]).endsWith(END) || isWritten) return run();
      isWritten = true;
      writer.kill("SIGKILL");
      throw new HttpError(503, "the writer is dead");
    },
  });
  const { id } = await world.createProblem();
  // The first execution in a feed creates its counters, so its write is refused once and retried.
  await world.record(world.ann, id, { is_code_public: false });
  const row = await world.record(world.ann, id, { is_code_public: true, code: "secret()" });
  await world.streams.drained();
  const path = `/api/history/${row.id}/`;
  const show = async (instance: number) => {
    const response = await world.call(path, { headers: { "x-local-instance": String(instance) } });
    return { cache: cost(response).cache, shows: (await response.text()).includes("secret()") };
  };
  for (const instance of [0, 1]) await show(instance);
  for (const instance of [0, 1])
    expect(await show(instance)).toEqual({ cache: "hit", shows: true });

  const event = httpEvent({
    method: "PATCH",
    path,
    pathParameters: { id: String(row.id) },
    headers: { "content-type": "application/json" },
    body: '{"is_code_public":false}',
    claims: { sub: world.ann.sub, email: world.ann.email },
  });
  writer = startWriter(world, event);
  expect(await once(writer, "exit")).toEqual([null, "SIGKILL"]);

  expect(await world.get(path, world.ann)).toMatchObject({ is_code_public: false });
  for (const instance of [0, 1, 0, 1]) expect((await show(instance)).shows).toBe(false);
  writer = undefined;
});
