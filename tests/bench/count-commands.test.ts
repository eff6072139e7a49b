import fc from "fast-check";
import { expect, test } from "vitest";
import { createCommandCounter } from "../../packages/bench/src/servers/count-commands.ts";

const encode = (command: readonly string[]) =>
  Buffer.from(
    `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`,
  );

test("commands are counted by name, whatever their arguments hold and wherever the network cuts them", () => {
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom("*3\r\n$3\r\nSET\r\n", "$1\r\n", "", "é\r\n"),
  );
  const command = fc.tuple(fc.constantFrom("get", "MGET", "EVALSHA"), fc.array(argument));
  fc.assert(
    fc.property(
      fc.array(command),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (all, cuts) => {
        const names: string[] = [];
        const count = createCommandCounter((name) => names.push(name));
        let sent = Buffer.concat(all.map(([name, args]) => encode([name, ...args])));
        while (sent.length > 0) {
          const length = cuts.next().value as number;
          count(sent.subarray(0, length));
          sent = sent.subarray(length);
        }
        expect(names).toEqual(all.map(([name]) => name.toUpperCase()));
      },
    ),
  );
});

test("a command in two pieces, behind another, is counted once", () => {
  const names: string[] = [];
  const count = createCommandCounter((name) => names.push(name));
  const sent = Buffer.concat([encode(["SET", "k", "*1"]), encode(["GET", "k"])]);
  count(sent.subarray(0, 30));
  count(sent.subarray(30));
  expect(names).toEqual(["SET", "GET"]);
});
