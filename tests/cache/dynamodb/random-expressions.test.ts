import fc from "fast-check";
import { expect, test } from "vitest";
import {
  attributesIn,
  keyConditionOf,
} from "../../../packages/cache/src/dynamodb/read-expression.ts";

const RUNS = { numRuns: 2_000 };

/** A path as an expression writes it, and its top-level attribute. */
interface Path {
  readonly text: string;
  readonly attribute: string;
  readonly names: Readonly<Record<string, string>>;
}

const rest = fc
  .array(fc.constantFrom(".kind", ".#deep", "[0]", "[12]", " . kind"), { maxLength: 3 })
  .map((parts) => parts.join(""));

/** Attributes by their names and by aliases: reserved words, names with dots and spaces, and names of functions. */
const path: fc.Arbitrary<Path> = fc.oneof(
  fc
    .tuple(fc.constantFrom("title", "Count_2", "sizes", "inner", "z9"), rest)
    .map(([name, tail]) => ({
      text: `${name}${tail}`,
      attribute: name,
      names: {},
    })),
  fc
    .tuple(
      fc.constantFrom("#a", "#B_2", "#size", "#and"),
      fc.constantFrom("status", "a.b", "two words", "size", "AND", "é"),
      rest,
    )
    .map(([alias, name, tail]) => ({
      text: `${alias}${tail}`,
      attribute: name,
      names: { [alias]: name },
    })),
);

const value = fc.constantFrom(":v", ":low_1", ":V2");

/** Expressions by a template, in which `@` stands for a path and `:` for a value. */
const filled = (form: string) =>
  fc
    .tuple(
      fc.array(path, {
        minLength: form.split("@").length - 1,
        maxLength: form.split("@").length - 1,
      }),
      fc.array(value, {
        minLength: form.split(":").length - 1,
        maxLength: form.split(":").length - 1,
      }),
    )
    .map(([paths, values]) => {
      const [nextPath, nextValue] = [paths.values(), values.values()];
      const text = form
        .replaceAll("@", () => nextPath.next().value?.text ?? "")
        .replaceAll(/:(?![\w])/g, () => nextValue.next().value ?? "");
      return { text, paths };
    });

const CONDITIONS = [
  "@ = : ",
  "@ <> :",
  "@<=@",
  "NOT @ > :",
  "@ BETWEEN : AND :",
  "@ between @ and :",
  "@ IN (:, :, @)",
  "attribute_exists(@)",
  "attribute_not_exists ( @ )",
  "attribute_type(@, :)",
  "begins_with(@, :)",
  "contains(@, @)",
  "size(@) >= size ( @ )",
] as const;

const CLAUSES = [
  "SET @ = :",
  "set @ = @ + :, @ = if_not_exists(@, :)",
  "SET @ = list_append(@, :)",
  "SET @=@-:",
  "REMOVE @, @",
  "ADD @ :",
  "delete @ :, @ :",
] as const;

const joined = (forms: readonly string[], joins: readonly string[]) =>
  fc
    .array(fc.tuple(fc.constantFrom(...forms), fc.constantFrom(...joins), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((parts) =>
      filled(
        parts
          .map(
            ([form, join, isWrapped], at) =>
              `${at ? join : ""}${isWrapped && joins.length > 1 ? `(${form})` : form}`,
          )
          .join(""),
      ),
    );

test.for([
  ["conditions and filters", joined(CONDITIONS, [" AND ", " or ", "\nAND NOT "])],
  ["updates", joined(CLAUSES, [" "])],
] as const)(
  "%s: the attributes found are exactly those that the expression reads or writes",
  ([, forms]) => {
    fc.assert(
      fc.property(forms, ({ text, paths }) => {
        // One alias stands for one name within an expression.
        const names = Object.assign(
          { "#deep": "deep" },
          ...paths.map((each) => each.names),
        ) as Record<string, string>;
        const own = paths.map((each) =>
          each.text.startsWith("#") ? names[/^#\w+/.exec(each.text)?.[0] ?? ""] : each.attribute,
        );
        const found = attributesIn(text, names);
        const words = ["SET", "set", "REMOVE", "ADD", "delete"];
        expect(new Set(found.filter((each) => !words.includes(each)))).toEqual(new Set(own));
      }),
      RUNS,
    );
  },
);

const ranges = [
  ["", undefined],
  [" AND @ = :s", "equal"],
  [" and @ < :s", "open"],
  [" AND @>=:s", "open"],
  [" AND (@ BETWEEN :s AND :t)", "between"],
  [" and begins_with( @ ,:s)", "begins"],
] as const;

test("a key condition is parsed into its equalities and its range, in any order and spelling", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("pk", "#p"),
      fc.constantFrom("sk", "#s"),
      fc.constantFrom(...ranges),
      fc.boolean(),
      (partition, sort, [form, kind], isTurned) => {
        const first = isTurned ? `:p = ${partition}` : `( ${partition}=:p )`;
        const { equalities, range } = keyConditionOf(`${first}${form.replace("@", sort)}`, {
          "#p": "pk",
          "#s": "sk",
        });
        expect(equalities).toEqual([["pk", ":p"], ...(kind === "equal" ? [["sk", ":s"]] : [])]);
        const ends = {
          between: [":s", ":t"],
          begins: [":s", ":s"],
          open: undefined,
          equal: undefined,
        };
        expect(range).toEqual(
          kind === undefined || kind === "equal" ? null : { attribute: "sk", ends: ends[kind] },
        );
      },
    ),
    RUNS,
  );
});

test("a minus sign is not part of an alias, with or without spaces around it", () => {
  const names = { "#n": "sold" };
  const read = () => attributesIn("SET #n=#n-:one", names);
  expect(read).not.toThrow();
  expect(read()).toEqual(attributesIn("SET #n = #n - :one", names));
});
