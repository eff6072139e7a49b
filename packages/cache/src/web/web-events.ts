/** Replacement for `node:diagnostics_channel` in bundles for browsers. */

type Listener = (message: unknown, name: string) => void;

const listeners = new Map<string, Set<Listener>>();

export function subscribe(name: string, listener: Listener): void {
  listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
}

export function unsubscribe(name: string, listener: Listener): boolean {
  return listeners.get(name)?.delete(listener) ?? false;
}

export function channel(name: string) {
  return {
    get hasSubscribers(): boolean {
      return (listeners.get(name)?.size ?? 0) > 0;
    },
    publish: (message: unknown): void => {
      for (const listener of listeners.get(name) ?? []) listener(message, name);
    },
  };
}
