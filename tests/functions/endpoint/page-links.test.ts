import { pageLinks } from "@algoitny/functions/endpoint/page-links";
import { expect, test } from "vitest";

const links = (page: number, total: number, parameters = {}) =>
  Object.fromEntries(
    [
      ...pageLinks({ path: "/api/problems/", page, pageSize: 10, total, parameters }).matchAll(
        /<([^>]+)>; rel="(\w+)"/g,
      ),
    ].map(([, target, relation]) => [relation, target]),
  );

test("a page in the middle links to the first, previous, next and last page", () => {
  expect(links(2, 35)).toEqual({
    first: "/api/problems/?page=1",
    prev: "/api/problems/?page=1",
    next: "/api/problems/?page=3",
    last: "/api/problems/?page=4",
  });
});

test("the first page has no previous one and the last no next one", () => {
  expect(Object.keys(links(1, 35))).toEqual(["first", "next", "last"]);
  expect(Object.keys(links(4, 35))).toEqual(["first", "prev", "last"]);
});

test("an empty list has one page", () => {
  expect(links(1, 0)).toEqual({ first: "/api/problems/?page=1", last: "/api/problems/?page=1" });
});

test("the previous page of a page past the end is the last one", () => {
  expect(links(9, 35)).toMatchObject({
    prev: "/api/problems/?page=4",
    last: "/api/problems/?page=4",
  });
  expect(links(9, 35)).not.toHaveProperty("next");
});

test("links keep the other parameters, percent-encoded", () => {
  expect(links(1, 20, { platform: undefined, search: 'a b&c>"그' })["next"]).toBe(
    "/api/problems/?search=a+b%26c%3E%22%EA%B7%B8&page=2",
  );
});
