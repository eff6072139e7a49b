import type { Subscriber } from "../redis-engine.ts";
import { type Bytes, toBuffer, toBytes } from "./bytes.ts";
import { globTest } from "./glob.ts";

/** Pub/sub of one engine. */
export interface Channels {
  /** Returns a function that ends the subscription. */
  subscribe(subscriber: Subscriber): () => void;
  /** Returns the number of delivered messages: one for each matching channel or pattern of a subscriber. */
  publish(channel: Bytes, payload: Bytes): number;
  /** Channels that have a subscriber and match the glob. */
  names(pattern?: Bytes): Bytes[];
  count(channel: Bytes): number;
  patternCount(): number;
}

interface Subscription {
  subscriber: Subscriber;
  /** The channel or the pattern. */
  name: Bytes;
  matches: (channel: Bytes) => boolean;
}

export function createChannels(): Channels {
  const subscriptions = new Set<Subscription>();
  const ofKind = (kind: Subscriber["kind"]) =>
    [...subscriptions].filter(({ subscriber }) => subscriber.kind === kind);
  const channelNames = () => new Set(ofKind("subscribe").map(({ name }) => name));

  return {
    subscribe(subscriber) {
      const own = [...new Set(subscriber.channels.map(toBytes))].map((name): Subscription => {
        if (subscriber.kind === "subscribe")
          return { subscriber, name, matches: (channel) => channel === name };
        const pattern = globTest(name);
        return { subscriber, name, matches: (channel) => pattern(channel) };
      });
      for (const subscription of own) subscriptions.add(subscription);
      return () => {
        for (const subscription of own) subscriptions.delete(subscription);
      };
    },
    publish(channel, payload) {
      const receivers = [...subscriptions].filter(({ matches }) => matches(channel));
      for (const { subscriber, name } of receivers) {
        const pattern = subscriber.kind === "psubscribe" ? toBuffer(name) : undefined;
        const message = { channel: toBuffer(channel), payload: toBuffer(payload), pattern };
        queueMicrotask(() => subscriber.onMessage(message)); // a subscriber's error must not fail the publisher
      }
      return receivers.length;
    },
    names(pattern = "*") {
      const matching = globTest(pattern);
      return [...channelNames()].filter((name) => matching(name));
    },
    count: (channel) => ofKind("subscribe").filter(({ name }) => name === channel).length,
    patternCount: () => new Set(ofKind("psubscribe").map(({ name }) => name)).size,
  };
}
