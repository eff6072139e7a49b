/** Content codings that a response can be sent in. */
export type Coding = "br" | "gzip" | "identity";

/** Weight of an unlisted identity if compression is worthwhile: below all positive ones, so that a listed coding wins. */
const UNLISTED_WEIGHT = 0.0001;

const ELEMENT = /^([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

/** Properties of a stored body that decide its content coding. */
export interface Offer {
  readonly stored: Coding;
  /** True if compression makes the body smaller; otherwise a coding is used only if identity is refused or weighs less. */
  readonly worthCoding: boolean;
}

/**
 * Chooses the content coding by RFC 9110 §12.5.3: the highest weight wins; among equals the stored coding, which costs
 * nothing, then br, gzip, identity. Null: the client refuses every available coding, including identity (406).
 */
export function negotiate(
  acceptEncoding: string | undefined,
  { stored, worthCoding }: Offer,
): Coding | null {
  // Without the header any coding is allowed, but a client that does not ask for one may not support any.
  if (acceptEncoding === undefined) return "identity";
  const weights = parseWeights(acceptEncoding);
  const others = weights.get("*");
  const weightOf: Record<Coding, number> = {
    br: weights.get("br") ?? others ?? 0,
    gzip: weights.get("gzip") ?? weights.get("x-gzip") ?? others ?? 0,
    // Acceptable unless refused.
    identity: weights.get("identity") ?? others ?? (worthCoding ? UNLISTED_WEIGHT : 1),
  };
  let best: Coding = stored;
  for (const coding of ["br", "gzip", "identity"] as const) {
    if (weightOf[coding] > weightOf[best]) best = coding;
  }
  return weightOf[best] > 0 ? best : null;
}

/** Weights by coding; an element that is not well-formed is left out. */
function parseWeights(acceptEncoding: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of acceptEncoding.toLowerCase().split(",")) {
    const [, coding, weight = "1"] = ELEMENT.exec(element.trim()) ?? [];
    if (coding !== undefined) weights.set(coding, Number(weight));
  }
  return weights;
}
