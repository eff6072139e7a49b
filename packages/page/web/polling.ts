import { useEffect, useRef, useState } from "preact/hooks";
import { ApiFailure, signOut } from "./api.ts";

export interface Polled<Answer> {
  answer: Answer | undefined;
  error: string | undefined;
  /** The user of the token has no right to the answer. */
  isForbidden: boolean;
}

/** Time without input after which the page polls only once a minute: an open page must not cost money all night. */
const AWAKE_MS = 12 * 3_600_000;
const ASLEEP_MS = 60_000;

let lastInputMs = Date.now();
for (const event of ["keydown", "pointerdown"])
  addEventListener(event, () => (lastInputMs = Date.now()), { passive: true });

/** Polls while the page is visible, and at once when the page becomes visible again or `name` changes. */
export function usePolling<Answer>(
  name: string,
  ask: () => Promise<Answer>,
  everyMs: number,
  onSignedOut: () => void,
): Polled<Answer> {
  const [polled, setPolled] = useState<Polled<Answer>>({
    answer: undefined,
    error: undefined,
    isForbidden: false,
  });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    async function round(): Promise<void> {
      clearTimeout(timer);
      if (isOver || document.hidden) return;
      try {
        const answer = await latest.current();
        if (!isOver) setPolled({ answer, error: undefined, isForbidden: false });
      } catch (error) {
        const status = error instanceof ApiFailure ? error.status : undefined;
        if (status === 401) {
          signOut();
          return onSignedOut();
        }
        const words = error instanceof Error ? error.message : String(error);
        if (!isOver)
          setPolled(({ answer }) => ({ answer, error: words, isForbidden: status === 403 }));
      }
      const isAwake = Date.now() - lastInputMs < AWAKE_MS;
      timer = setTimeout(() => void round(), isAwake ? everyMs : ASLEEP_MS);
    }
    const seen = () => void round();
    document.addEventListener("visibilitychange", seen);
    void round();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [name, everyMs]);
  return polled;
}
