import { defineResource, type LoadReads } from "@algoitny/cache";
import { expect, test, vi } from "vitest";
import { otherHost } from "../../support/other-host.ts";
import { fleet } from "../../support/test-cache.ts";

const host = otherHost();

test("a load that only reads an allowed host is stored, and loads again when the host's time is over", async () => {
  const { cache, clock } = fleet();
  const rates = defineResource({
    name: "rates",
    tags: "reads",
    ttl: "1 hour",
    load: async (_: void, __: void, { reads }) => {
      reads?.allow(host.name, "1 minute");
      return (await fetch(`http://${host.name}/`)).text();
    },
  });
  const status = async () => (await cache.getEntry(rates)).status;
  expect([await status(), await status()]).toEqual(["miss", "hit"]);
  await clock.advance(59_000);
  expect(await status()).toBe("hit");
  await clock.advance(2_000);
  expect(await status()).toBe("miss");
  await cache.invalidate(rates);
  expect(await status()).toBe("miss");
});

test.for<[name: string, load: (reads: LoadReads) => unknown, text: string | null]>([
  [
    "another_host",
    () => fetch(`http://${host.name}/`).then((response) => response.text()),
    "its load read HOST, which no tag covers: read it by a recording client, allow it by reads.allow(host, ttl), or tag the resource by hand",
  ],
  [
    "no_command",
    (reads) => reads.unrecorded("unknown-command", "ExecuteStatement"),
    "its load sent ExecuteStatement, which is not recorded: send a recorded command, or tag the resource by hand",
  ],
  [
    "no_reads",
    () => 1,
    "its load made no read by a recording client: unless its value depends on no data, pass reads to one, or tag the resource by hand",
  ],
  [
    "many_tags",
    (reads) => reads.unrecorded("too-many-tags", "130 tags: at most 128 are stored"),
    "its value has 130 tags: at most 128 are stored: read fewer entries in one load",
  ],
  ["a_failed_stamp", (reads) => reads.unrecorded("stamps-failed", "store_failed"), null],
  ["a_stale_part", (reads) => reads.unrecorded("part-not-stored", "a stale view"), null],
])(
  "a load that is not stored warns once for its resource, without keys, unless the reason passes by itself: %s",
  async ([name, load, text]) => {
    const { cache } = fleet();
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    vi.stubEnv("NODE_ENV", "production");
    const unstored = defineResource({
      name,
      tags: "reads",
      ttl: "1 hour",
      load: async (email: string, _: void, { reads }) => {
        await load(reads as LoadReads);
        return email;
      },
    });
    try {
      for (const email of ["ann@mail.example", "bob@mail.example"])
        expect((await cache.getEntry(unstored, email)).stored).toBe(false);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(warnings.mock.calls.map(([message]) => message)).toEqual(
      text === null
        ? []
        : [
            `resource "${name}": ${text.replace("HOST", host.name)}; its value is returned, but not stored`,
          ],
    );
    warnings.mockRestore();
  },
);
