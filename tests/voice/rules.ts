/** Habits of wording that make a sentence a riddle, each with the pattern that finds it. */
export const RULES = {
  opener: {
    summary:
      "opens with What, Whether, How, Who, Whose, Where, Which, When or Why: start with what it is or does",
    pattern: /^(?:What|Whether|How|Who|Whose|Where|Which|When|Why)\b/i,
  },
  told: {
    summary: "says told, tell, tells or telling: name the message, the event or the return value",
    pattern: /\b(?:told|tells?|telling)\b/i,
  },
  nobody: {
    summary: "says nobody, somebody, everybody or of its own: name the actor or the owner",
    pattern: /\b(?:nobody|somebody|everybody|of its own|of one's own)\b/i,
  },
} as const;

export type Rule = keyof typeof RULES;

export const KINDS = ["comments", "titles", "messages", "documents"] as const;

export type Kind = (typeof KINDS)[number];

/** Highest rate of each habit, in percent of the texts of each kind. */
export const LIMITS_PERCENT: Record<Rule, number> = { opener: 3, told: 0, nobody: 1 };
