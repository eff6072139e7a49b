/** Replacement of `node:async_hooks` in bundles for browsers, which lose the store at the first `await`. */
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
