import fc from "fast-check";
import { expect, test } from "vitest";
import { bookServer } from "./book-server.ts";

const ANN = { user: "ann" };
const BOB = { user: "bob" };

test("a private field behind an alias is shown to its own viewer only", async () => {
  const { ask } = bookServer();
  expect((await ask("{ me { title: contact } }", ANN)).data).toEqual({
    me: { title: "ann@example.org" },
  });
  expect((await ask("{ me { title: contact } }", BOB)).data).toEqual({
    me: { title: "bob@example.org" },
  });
  expect((await ask("{ me { title: contact } }", ANN)).came).toBe("hit");
});

test("a private type is private behind a public field, an interface or a union that could hold it", async () => {
  const { ask } = bookServer();
  for (const query of [
    "{ found { ... on Book { title } } }",
    "{ media { title } }",
    "{ media { ...Owned } } fragment Owned on Film { owner }",
    `query ($no: Boolean = false) { found { ... on User @include(if: $no) { contact } } }`,
  ]) {
    await ask(query, ANN);
    const again = await ask(query, BOB);
    const isShared = again.came === "hit";
    // Only this operation reaches neither the private type nor the private owner of a film.
    expect([query, isShared]).toEqual([query, query === "{ media { title } }"]);
  }
});

test("private answers to anonymous requests are not stored, unless `viewer` returns null for them", async () => {
  const { ask } = bookServer();
  await ask("{ secret }");
  expect((await ask("{ secret }")).came).toBe("private");
  const named = bookServer({ graphql: { viewer: ({ user }) => user ?? null } });
  await named.ask("{ secret }");
  expect((await named.ask("{ secret }")).came).toBe("hit");
  expect((await named.ask("{ secret }", { user: "~" })).came).toBe("miss");
  expect((await named.ask("{ secret }", { user: "public" })).came).toBe("miss");
});

test("a public response for which the viewer was read is neither stored nor shared with waiting requests", async () => {
  const { ask } = bookServer();
  const [ann, bob] = await Promise.all([ask("{ whoami }", ANN), ask("{ whoami }", BOB)]);
  expect([ann.data, bob.data]).toEqual([{ whoami: "you are ann" }, { whoami: "you are bob" }]);
  expect([ann.came, (await ask("{ whoami }", BOB)).came]).toEqual(["personal", "personal"]);
});

test("groups of viewers have separate responses", async () => {
  const { ask } = bookServer();
  await ask("{ book(id: 1) { id } }", { admin: true });
  expect((await ask("{ book(id: 1) { id } }")).came).toBe("miss");
  expect((await ask("{ book(id: 1) { id } }", { admin: true, user: "ann" })).came).toBe("hit");
});

/** Documents with private fields behind aliases, fragments and conditions, beside public fields. */
const documents = () => {
  const leaf = fc.constantFrom("contact", "x: contact", "id", "email: contact", "__typename");
  const onUser = fc.array(leaf, { minLength: 1, maxLength: 3 }).map((all) => {
    const named = all.map((each, index) => `f${index}: ${each.replace(/^\w+: /, "")}`);
    return named.join(" ");
  });
  const wrap = fc.constantFrom(
    (set: string) => `{ ${set} }`,
    (set: string) => `{ ... on User { ${set} } }`,
    (set: string) => `{ ... @include(if: $yes) { ${set} } }`,
    (set: string) => `{ ... { ... @skip(if: $no) { ${set} } } }`,
    (set: string) =>
      `{ ...Part } #FRAGMENT fragment Part on User { ...Inner } fragment Inner on User { ${set} }`,
  );
  const root = fc.constantFrom("me", "a: me", "title: me");
  const beside = fc.constantFrom(
    "",
    "secret",
    "s: secret",
    "book(id: 1) { id }",
    "whoami",
    "w: whoami",
  );
  return fc.tuple(onUser, wrap, root, beside).map(([set, put, name, other]) => {
    const [inner = "", fragments = ""] = put(set).split("#FRAGMENT");
    return `query ($yes: Boolean! = true, $no: Boolean! = false) { __typename @include(if: $yes) @skip(if: $no) ${name} ${inner} ${other} } ${fragments}`;
  });
};

test("no viewer is ever shown a value of another one, whatever the document", async () => {
  const { ask } = bookServer();
  const viewers = ["ann", "bob", "cem"];
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(
      documents(),
      fc.array(fc.constantFrom(...viewers), { minLength: 2, maxLength: 4 }),
      async (document, asking) => {
        for (const user of asking) {
          const { data, errors, came } = await ask(document, { user });
          expect(errors).toBeUndefined();
          const text = JSON.stringify(data);
          const strangers = viewers.filter((each) => each !== user && text.includes(each));
          expect(strangers).toEqual([]);
          if (came === "hit") hits += 1;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(hits).toBeGreaterThan(100);
});
