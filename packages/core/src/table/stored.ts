import * as z from "zod";

/** Text as an item holds it. Items written by hand are read too: a number (Baekjoon's 1000) is text, null is empty. */
export const StoredText = z.union([
  z.string(),
  z.number().transform(String),
  z.null().transform(() => ""),
]);
