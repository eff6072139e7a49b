/** Permits, taken one by one; `take` resolves to false when there will be no more. */
export function createAllowance() {
  let left = 0;
  let ended = false;
  const waiting: ((given: boolean) => void)[] = [];
  return {
    add(count: number) {
      left += count;
      while (left > 0 && waiting.length > 0) {
        left -= 1;
        waiting.shift()?.(true);
      }
    },
    take(): Promise<boolean> | boolean {
      if (ended) return false;
      if (left === 0) return new Promise((resolve) => waiting.push(resolve));
      left -= 1;
      return true;
    },
    end() {
      ended = true;
      for (const resolve of waiting.splice(0)) resolve(false);
    },
  };
}
