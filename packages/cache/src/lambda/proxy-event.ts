import { type Asked, headerOf } from "../http/fields.ts";
import type { ProxyEvent, Values } from "./lambda-event.ts";
import type { LambdaResult } from "./lambda-result.ts";

/** Method and headers of an event; throws a TypeError for anything but an HTTP event, such as a Request or a queue's batch. */
export function askedOfProxy(event: ProxyEvent): Asked {
  const { httpMethod, headers, multiValueHeaders } = checked(event);
  // `headers` contains only the last value of a repeated header.
  const joined = multiValueHeaders && joinedValues(multiValueHeaders);
  return { method: httpMethod, header: (name) => headerOf(joined ?? headers ?? {}, name) };
}

function checked(event: Partial<ProxyEvent> | undefined): ProxyEvent {
  if (event?.httpMethod !== undefined && event.requestContext) return event as ProxyEvent;
  throw new TypeError(
    "not an event of API Gateway (1.0 or 2.0), a load balancer or a function URL: for a Request use @algoitny/cache/http",
  );
}

export function isAlb({ requestContext }: ProxyEvent): boolean {
  return "elb" in requestContext;
}

/**
 * The result in the format that the event's sender reads: a load balancer with multi-value headers reads lists only.
 */
export function inForm(event: ProxyEvent, result: LambdaResult): LambdaResult {
  if (!isAlb(event) || !event.multiValueHeaders) return result;
  const lists = Object.entries(result.headers).map(([name, value]) => [name, [value]]);
  const multiValueHeaders = { ...Object.fromEntries(lists), ...result.multiValueHeaders };
  return { ...result, headers: {}, multiValueHeaders };
}

/** Lists of values by header, as one text each (RFC 9110 §5.3). */
export function joinedValues(lists: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lists).map(([name, values = []]) => [name, values.join(", ")]),
  );
}
