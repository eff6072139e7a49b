import { checkGiven } from "../faults.ts";
import { type MeterProvider, metrics, trace, type TracerProvider } from "@opentelemetry/api";
import { refuse } from "../errors.ts";
import { subscribe } from "../subscribe.ts";
import { type RecordValue, recorderOf } from "./instruments.ts";
import { measure } from "./measures.ts";
import { traceEvent } from "./spans.ts";

/** Name of the instrumentation scope. */
const SCOPE = "@algoitny/cache";

export interface InstrumentOptions {
  /** Default: the global provider, whether it is registered before or after this call. */
  readonly meterProvider?: MeterProvider;
  /** Default: the global provider, whether it is registered before or after this call. */
  readonly tracerProvider?: TracerProvider;
  /** The time for spans, in ms since the epoch. */
  readonly now?: () => number;
}

/**
 * Reports every cache of this process to OpenTelemetry from now on, as metrics and spans; the returned function stops
 * that. Without this call, a process does nothing for OpenTelemetry.
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  checkGiven(options, "meterProvider tracerProvider now", "instrument: ");
  const { meterProvider, tracerProvider = trace.getTracerProvider(), now = Date.now } = options;
  for (const [name, provider] of Object.entries({
    getMeter: meterProvider,
    getTracer: tracerProvider,
  }))
    if (provider && !(name in Object(provider))) refuse(`instrument: a provider lacks ${name}`);
  const tracer = tracerProvider.getTracer(SCOPE);
  let known: MeterProvider | undefined;
  let record: RecordValue | undefined;
  return subscribe((event) => {
    // An SDK that starts later replaces the provider, and instruments of the earlier one would record nothing.
    const current = meterProvider ?? metrics.getMeterProvider();
    if (record === undefined || current !== known) {
      known = current;
      record = recorderOf(current.getMeter(SCOPE));
    }
    measure(event, record);
    traceEvent(event, tracer, now);
  });
}
