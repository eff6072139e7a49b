import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

/** A meter provider whose values are read in Prometheus's format, one line for each series. */
export function metered() {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const serializer = new PrometheusSerializer("", false, undefined, true, true);
  const scrape = async () => {
    const { resourceMetrics } = await reader.collect();
    return serializer.serialize(resourceMetrics);
  };
  /** Counters, and counts of histograms, by name and labels without the namespace. */
  const series = async () => {
    const lines = (await scrape()).split("\n");
    const counts = lines.filter((line) => /^[a-z_]+(?:_total|_count)[{ ]/.test(line));
    return Object.fromEntries(
      counts.map((line) => {
        const end = line.lastIndexOf(" ");
        const name = line.slice(0, end).replaceAll("serverless_cache_", "").replaceAll('"', "");
        return [name, Number(line.slice(end + 1))];
      }),
    );
  };
  return { meterProvider, scrape, series };
}
