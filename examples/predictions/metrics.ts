/**
 * What is measured of the batches, for Prometheus.
 *
 * @module
 */

import {
  PrometheusExporter,
  PrometheusSerializer,
} from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { Telemetry } from "../../src/otel/mod.ts";

const exporter = new PrometheusExporter({ preventServerStart: true });
const meters = new MeterProvider({ readers: [exporter] });

/** Takes what batchers tell. Nobody traces here, so no call is linked. */
export const telemetry: Telemetry = new Telemetry({
  meter: meters.getMeter("predictions"),
  links: false,
});

/** All of it, in the words of Prometheus. */
export async function metricsText(): Promise<string> {
  const { resourceMetrics } = await exporter.collect();
  return new PrometheusSerializer().serialize(resourceMetrics);
}
