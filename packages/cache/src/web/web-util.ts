/** Replacement for `node:util` in bundles for browsers. */

type Done<Result> = (error: Error | null, result: Result) => void;

export function promisify<Args extends readonly unknown[], Result>(
  call: (...args: [...Args, Done<Result>]) => void,
) {
  return (...args: Args): Promise<Result> =>
    new Promise((resolve, reject) => {
      call(...args, (error, result) => (error === null ? resolve(result) : reject(error)));
    });
}
