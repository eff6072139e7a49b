import { CacheError } from "./errors.ts";

/** Passes on what makes a segment of a key; throws where it makes none. */
export function keyFault(value: unknown, path: string): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
    return value as string | number | boolean;
  const mend =
    typeof value === "number"
      ? `is ${value}: use a finite number`
      : typeof value === "object"
        ? `is ${nameOf(value as object)}: use plain data, its id for instance`
        : `is a ${typeof value}: use a string or a number`;
  throw new CacheError("definition_invalid", `${path} ${mend}`);
}

function nameOf(object: object): string {
  const { name = "" } = object.constructor as { name?: string };
  return name === "" ? "an instance of a class" : `a ${name}`;
}

export function refuseObjectKey(about: string): never {
  const example = "key: ({ id }) => ({ id })";
  const mend = `say which of them tell entries apart, as in ${example}`;
  throw new CacheError("definition_invalid", `${about}its parameters are an object: ${mend}`);
}
