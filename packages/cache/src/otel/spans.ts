import { type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { CacheEvent } from "../events.ts";
import { named, NAMESPACE } from "./instruments.ts";
import { UNKNOWN_ERROR } from "./measures.ts";

/**
 * Adds an event to the trace under way. A look sets an attribute of the active span, by resource. Loads and invalidations
 * are spans that begin in the past: events come synchronously, so the active span is the right parent.
 */
export function traceEvent(event: CacheEvent, tracer: Tracer, nowMs: () => number): void {
  switch (event.type) {
    case "hit":
    case "stale":
      noteLook(event.resource, event.type);
      return;
    case "miss":
      noteLook(event.resource, `miss: ${event.reason}`);
      return;
    case "load": {
      const { resource, outcome, loadMs } = event;
      const span = startSpan(
        tracer,
        `cache load ${resource}`,
        { resource, outcome },
        nowMs() - loadMs,
      );
      if (outcome === "failed")
        span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", UNKNOWN_ERROR);
      span.end(nowMs());
      return;
    }
    case "invalidated": {
      const { tags, soft, storeMs } = event;
      const attributes = { tags: tags.length, soft };
      startSpan(tracer, "cache invalidate", attributes, nowMs() - storeMs).end(nowMs());
    }
  }
}

function noteLook(resource: string, outcome: string): void {
  trace.getActiveSpan()?.setAttribute(`${NAMESPACE}.lookup.${resource}`, outcome);
}

function startSpan(
  tracer: Tracer,
  name: string,
  attributes: Record<string, string | number | boolean>,
  startTime: number,
): Span {
  return tracer.startSpan(name, {
    kind: SpanKind.INTERNAL,
    startTime,
    attributes: named(attributes),
  });
}
