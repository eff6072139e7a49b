import type { AnyResource } from "./resource.ts";

/** The resource behind each name that a cache has met: two that share a name would read each other's entries. */
export class Definitions {
  readonly #known: Map<string, AnyResource>;

  constructor(resources: readonly AnyResource[]) {
    this.#known = new Map(resources.map((resource) => [resource.name, resource]));
  }

  find(name: string): AnyResource | undefined {
    return this.#known.get(name);
  }

  /** Remembers a resource; gives back the other one that has its name, if there is one. */
  meet(resource: AnyResource): AnyResource | undefined {
    const known = this.#known.get(resource.name);
    if (known === resource) return undefined;
    this.#known.set(resource.name, resource);
    return known;
  }
}
