// Metrics and spans for OpenTelemetry. The SDK is yours: here it keeps the data in memory, where an exporter would send it.
import { AggregationTemporality, InMemoryMetricExporter } from "@opentelemetry/sdk-metrics";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
import { instrument } from "@algoitny/cache/otel";

const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
const spanExporter = new InMemorySpanExporter();
const processor = new SimpleSpanProcessor({ exporter: spanExporter });
const stop = instrument({
  meterProvider: new MeterProvider({ readers: [reader] }), // without these, the global ones
  tracerProvider: new TracerProvider({ spanProcessors: [processor] }),
});

const tags = defineTags({ book: (id: number) => [id] });
const book = defineResource({
  name: "book",
  tags: (id: number) => [tags.book(id)],
  ttl: "1 hour",
  load: async (id) => `book ${id}`,
});
const cache = new Cache({ store: new MemoryStore() });
await cache.get(book, 7);
await cache.get(book, 7);
await cache.invalidate(tags.book(7));
await cache.get(book, 7);
stop();

await reader.forceFlush();
const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
for (const { descriptor, dataPoints } of all.flatMap(({ metrics }) => metrics)) {
  if (descriptor.name !== "serverless_cache.lookups") continue;
  for (const { attributes, value } of dataPoints)
    console.log(Object.values(attributes).join(" "), value);
}
// → book miss absent 1
// → book hit store 1
// → book miss invalidated 1
console.log(spanExporter.getFinishedSpans().map(({ name }) => name));
// → [ 'cache load book', 'cache invalidate', 'cache load book' ]
await reader.shutdown();
