import type { Redis as IORedis } from "ioredis";
import type { TestTools } from "@algoitny/cache/testing";
import type { Cache, Clock, Resource, Tag } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";

/** Declarations that the documents' snippets use without defining them. */
declare global {
  interface Database {
    book(id: number): Promise<{ id: number; title: string } | undefined>;
    user(id: number): Promise<{ id: number; name: string } | undefined>;
    rename(id: number, title: string): Promise<void>;
  }
  const database: Database;
  const redis: IORedis;
  const Redis: typeof IORedis;
  const test: TestTools["test"];
  const expect: TestTools["expect"];
  const url: string;
  const token: string;
  function weatherOf(city: string | null | undefined): Promise<string>;
  function weather(request: Request): Promise<Response>;
  // oxlint-disable-next-line typescript/no-explicit-any -- the application of whichever framework
  const app: { get(path: string, handler: (one: any, other: any) => unknown): void };
  function reader(clock: Clock): Promise<void>;
  function writer(clock: Clock): Promise<void>;
  const clock: Clock;
  function createMyStore(): Store;
  const client: { execute(command: readonly string[]): Promise<unknown> };
  const cache: Cache;
  // oxlint-disable-next-line typescript/no-explicit-any -- with a source or without one
  const book: Resource<{ id: number }, { id: number; title: string } | undefined, any>;
  const tags: { book(id: number): Tag };
}
