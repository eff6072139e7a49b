import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import {
  type Context,
  context,
  type ContextManager,
  metrics,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { expect, onTestFinished, test, vi } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { instrument } from "@algoitny/cache/otel";
import { bundle, startUp } from "../../support/bundle-source.ts";
import { fleet } from "../../support/test-cache.ts";
import { EVERY_EVENT } from "./every-event.ts";
import { metered } from "./metered.ts";

const CHANNEL = channel("@algoitny/cache:event");
const LOAD_MS = 40;
const tags = defineTags({ book: (id: number) => [id] });

/** An instrumented cache, with its metrics and spans in memory. */
function setup() {
  const all = fleet();
  const load = vi.fn((id: number): string | undefined => `book ${id}`);
  const book = defineResource({
    name: "book",
    tags: (id: number) => [tags.book(id)],
    ttl: "1 hour",
    staleIfError: "1 hour",
    jitter: 0,
    load(id) {
      all.clock.jump(LOAD_MS);
      return load(id);
    },
  });
  const measured = metered();
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const { meterProvider } = measured;
  const stop = instrument({ meterProvider, tracerProvider, now: all.clock.now });
  onTestFinished(stop);
  const spans = () => exporter.getFinishedSpans();
  return { ...all, ...measured, book, load, tracerProvider, spans, stop };
}

/** Contexts follow promises, as in the SDK for Node. */
function followPromises(): void {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, fn, self, ...args) => storage.run(active, () => fn.call(self as never, ...args)),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
}

test("a read is counted once, by the outcome of its first look", async () => {
  const { cache, book, series } = setup();
  await cache.get(book, 7);
  await cache.get(book, 7);
  await cache.get(book, 7);
  await cache.invalidate(tags.book(7));
  await cache.get(book, 7);
  expect(await series()).toEqual({
    "lookups_total{resource=book,outcome=miss,reason=absent}": 1,
    "lookups_total{resource=book,outcome=hit,tier=store}": 2,
    "lookups_total{resource=book,outcome=miss,reason=invalidated}": 1,
    "hit_duration_count{resource=book}": 2,
    "load_duration_count{resource=book,outcome=found}": 2,
    "fills_total{resource=book,result=stored}": 2,
    "invalidation_tags_total{soft=false}": 1,
    "invalidation_duration_count{soft=false}": 1,
  });
});

test("a failed load is counted as failed, and the old value that is served instead is counted as a stand-in", async () => {
  const { cache, book, clock, load, series, spans } = setup();
  await cache.get(book, 7);
  clock.jump(3_700_000);
  load.mockImplementation(() => {
    throw new Error("origin down");
  });
  await cache.get(book, 7);
  expect(await series()).toMatchObject({
    "lookups_total{resource=book,outcome=miss,reason=expired}": 1,
    "load_duration_count{resource=book,outcome=failed,error_type=_OTHER}": 1,
    "stand_ins_total{resource=book,reason=load-failed}": 1,
  });
  const [, failed] = spans();
  expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
  expect(failed?.attributes["error.type"]).toBe("_OTHER");
});

test("durations are in seconds", async () => {
  const { cache, book, scrape } = setup();
  await cache.get(book, 7);
  expect(await scrape()).toMatch(/^serverless_cache_load_duration_sum\{.*\} 0\.04$/m);
});

test("a load's span is a child of the active span, starts when the load started, and contains no key", async () => {
  followPromises();
  const { cache, book, clock, tracerProvider, spans } = setup();
  const request = tracerProvider.getTracer("test").startSpan("request");
  const startMs = clock.now();
  await context.with(trace.setSpan(ROOT_CONTEXT, request), () => cache.get(book, 7));
  request.end();
  const [load] = spans();
  expect(load?.name).toBe("cache load book");
  expect(load?.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  expect(load?.startTime).toEqual([Math.floor(startMs / 1_000), (startMs % 1_000) * 1e6]);
  expect(load?.duration).toEqual([0, LOAD_MS * 1e6]);
  expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain("book:7");
});

test("a hit makes no span: the active one gets the outcome of the look as an attribute", async () => {
  followPromises();
  const { cache, book, tracerProvider, spans } = setup();
  await cache.get(book, 7);
  const request = tracerProvider.getTracer("test").startSpan("request");
  await context.with(trace.setSpan(ROOT_CONTEXT, request), () => cache.get(book, 7));
  request.end();
  expect(spans().map(({ name }) => name)).toEqual(["cache load book", "request"]);
  expect(spans().at(-1)?.attributes).toEqual({ "serverless_cache.lookup.book": "hit" });
});

test("metrics go to the global meter, also when the SDK starts after `instrument`", async () => {
  const { cache, book } = setup();
  onTestFinished(instrument());
  await cache.get(book, 7);
  const { meterProvider, series } = metered();
  metrics.setGlobalMeterProvider(meterProvider);
  onTestFinished(() => metrics.disable());
  await cache.get(book, 7);
  expect(await series()).toMatchObject({
    "lookups_total{resource=book,outcome=hit,tier=store}": 1,
  });
});

test("without a listener no event is built: neither before `instrument` nor after `stop`", async () => {
  const publish = vi.spyOn(CHANNEL, "publish");
  onTestFinished(() => publish.mockRestore());
  await fleet().cache.getOrSet("book", () => "book 7", { ttl: "1 hour" });
  expect(publish).not.toHaveBeenCalled();
  const { cache, book, stop, series } = setup();
  await cache.get(book, 7);
  expect(publish).toHaveBeenCalled();
  stop();
  expect(CHANNEL.hasSubscribers).toBe(false);
  publish.mockClear();
  const before = await series();
  await cache.get(book, 7);
  await cache.invalidate(tags.book(7));
  expect(publish).not.toHaveBeenCalled();
  expect(await series()).toEqual(before);
});

test("the cache itself loads neither this module nor OpenTelemetry", async () => {
  const { inputs } = startUp(await bundle(`export * from "@algoitny/cache";`));
  expect(inputs.length).toBeGreaterThan(20);
  expect(inputs.filter((file) => /otel|opentelemetry/.test(file))).toEqual([]);
});

test("every event is counted, except the progress of a walk and hints to developers", async () => {
  const { series } = setup();
  for (const event of EVERY_EVENT) CHANNEL.publish(event);
  expect(await series()).toEqual({
    "lookups_total{resource=book,outcome=hit,tier=process}": 1,
    "lookups_total{resource=book,outcome=hit,tier=store}": 1,
    "hit_duration_count{resource=book}": 1,
    "lookups_total{resource=book,outcome=stale}": 1,
    "lookups_total{resource=book,outcome=miss,reason=absent}": 1,
    "lease_denials_total{resource=book}": 1,
    "collapsed_total{resource=book,where=fleet}": 1,
    "load_duration_count{resource=book,outcome=not-found}": 1,
    "load_duration_count{resource=book,outcome=failed,error_type=_OTHER}": 1,
    "stand_ins_total{resource=book,reason=soft-timeout}": 1,
    "fills_total{resource=book,result=stored}": 1,
    "fills_total{resource=book,result=unfenced}": 1,
    "fills_total{resource=book,result=failed,error_type=TypeError}": 1,
    "fills_total{resource=book,result=foreign-read}": 1,
    "shadow_comparisons_total{resource=book,outcome=different}": 1,
    "deferred_total{resource=book}": 1,
    "verifications_total{resource=book,verdict=stale,window_s=60}": 1,
    "failures_total{operation=verify,error_type=Error}": 1,
    "failures_total{operation=mget,error_type=store_failed}": 1,
    "failures_total{operation=change,error_type=Error}": 1,
    "breaker_changes_total{state=open}": 1,
    "invalidation_tags_total{soft=true}": 2,
    "invalidation_duration_count{soft=true}": 1,
    invalidation_keys_total: 2,
  });
});
