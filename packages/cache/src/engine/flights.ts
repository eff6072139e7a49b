import type { Served } from "./served.ts";

/** Loads under way in this process, by key. */
export type Flights = Map<string, Promise<Served>>;

/** Lets reads that arrive while work is in progress share it. */
export function singleFlight(flights: Flights, key: string, work: Promise<Served>): void {
  flights.set(key, work);
  const end = () => {
    if (flights.get(key) === work) flights.delete(key);
  };
  work.then(end, end);
}
