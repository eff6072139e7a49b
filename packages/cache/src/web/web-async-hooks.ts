/**
 * Replacement for `node:async_hooks` in bundles for browsers: `getStore` finds the value of `run` until the first
 * `await` only.
 */
export class AsyncLocalStorage<Store> {
  #store: Store | undefined;

  run<T>(store: Store, call: () => T): T {
    const outer = this.#store;
    this.#store = store;
    try {
      return call();
    } finally {
      this.#store = outer;
    }
  }

  getStore(): Store | undefined {
    return this.#store;
  }
}
