import type { Command } from "./ops-command.ts";
import { number, safe } from "./terminal-text.ts";

export const advise: Command = {
  summary: "list what other lifetimes could save, and which views are not worth caching",
  teaches: `The advice is made from the numbers of the last day, as \`stats\` shows them; the command neither queries Redis nor
changes anything. Longer lifetimes can only turn misses of expired entries into hits: the share of these misses is the highest possible
gain. Dollars are those of 30 days at this traffic, by the prices of \`npm run cost\` and its average of read units per
load.`,
  examples: ["advise", "advise --json"],
  async run(_, { api, answers }) {
    const data = answers.AdviceAnswer.parse(await api.call("GET", "/api/ops/advice/"));
    const { advice, reads, seconds } = data;
    const basis = `${number(reads)} reads of ${number(seconds / 3_600)} hours`;
    const lines = advice.map(
      ({ sentence, todo, dollars_month: dollars }) =>
        `${safe(sentence)}${dollars > 0 ? `\n  up to $${dollars.toFixed(2)} a month` : ""}\n  do: ${safe(todo)}`,
    );
    const text = lines.length > 0 ? lines.join("\n") : "nothing to advise";
    return { data, text: `${text}\n(from ${basis})` };
  },
};
