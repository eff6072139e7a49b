/** Puts a value last in a map of bounded size: the one that was put longest ago is dropped first. */
export function remember<Value>(
  known: Map<string, Value>,
  key: string,
  value: Value,
  most: number,
): Value {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
  return value;
}
