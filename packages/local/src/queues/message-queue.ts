import { randomUUID } from "node:crypto";
import type { Clock } from "@algoitny/cache";
import { admit } from "./admit.ts";
import { md5, type Message, type Outgoing, type Received, type Sent } from "./message.ts";
import { SqsError } from "./sqs-error.ts";

export interface QueueSettings {
  name: string;
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  retentionSeconds: number;
  deadLetters?: { queue: MessageQueue; maxReceives: number } | undefined;
}

/** De-duplication interval of a FIFO queue. */
const DEDUPLICATION_MS = 5 * 60 * 1_000;

/** Longest single wait for a message to become visible, below the limit of a timer. */
const LONGEST_WAIT_MS = 60_000;

/**
 * One queue of SQS, in memory. Only `whenReady` waits; every other call has had its whole effect when it returns.
 */
export class MessageQueue {
  readonly settings: QueueSettings;
  readonly #clock: Clock;
  #messages: Message[] = [];
  readonly #recent = new Map<string, { sent: Sent; untilMs: number }>();
  #lastSequence = 0n;
  readonly #waiting = new Set<() => void>();

  constructor(settings: QueueSettings, clock: Clock) {
    this.settings = settings;
    this.#clock = clock;
  }

  /** Adds a message; throws an SqsError when SQS would refuse it. */
  send(outgoing: Outgoing): Sent {
    const { body, groupId, delaySeconds = 0 } = outgoing;
    const id = admit(outgoing, this.settings);
    const nowMs = this.#clock.now();
    // As in the deployed queues, de-duplication is by message group.
    const recentKey = id === undefined ? undefined : JSON.stringify([groupId, id]);
    const recent = recentKey === undefined ? undefined : this.#recent.get(recentKey);
    if (recent && recent.untilMs > nowMs) return recent.sent;
    const sequenceNumber = this.settings.fifo ? this.#nextSequence() : undefined;
    const sent: Sent = { messageId: randomUUID(), md5OfBody: md5(body), sequenceNumber };
    if (recentKey !== undefined)
      this.#recent.set(recentKey, { sent, untilMs: nowMs + DEDUPLICATION_MS });
    this.#messages.push({
      ...sent,
      body,
      groupId,
      deduplicationId: id,
      sentMs: nowMs,
      firstReceivedMs: undefined,
      receives: 0,
      visibleAtMs: nowMs + delaySeconds * 1_000,
    });
    this.wake();
    return sent;
  }

  /**
   * Delivers up to `max` messages and hides them; moves those that were delivered too often to the dead-letter queue instead.
   */
  receive(max: number): Received[] {
    const nowMs = this.#clock.now();
    this.#forget(nowMs);
    const taken: Received[] = [];
    for (const message of this.#receivable(nowMs)) {
      if (this.#isDead(message)) this.#bury(message);
      else if (taken.length < max) {
        message.receives += 1;
        message.firstReceivedMs ??= nowMs;
        message.visibleAtMs = nowMs + this.settings.visibilityTimeoutSeconds * 1_000;
        taken.push({
          message: { ...message },
          receiptHandle: `${message.messageId}.${message.receives}`,
        });
      }
    }
    return taken;
  }

  /**
   * Removes a message. A receipt handle is valid until its message is received again, even after the visibility timeout. An
   * older one removes nothing, and a FIFO queue refuses it.
   */
  delete(receiptHandle: string): void {
    const { message, isGood } = this.#find(receiptHandle);
    if (message && isGood) this.#remove(message);
    else if (message && this.settings.fifo)
      throw new SqsError("InvalidParameterValue", "The receipt handle has expired.");
  }

  /** All messages, hidden ones too, in the order of their arrival in this queue. */
  messages(): readonly Readonly<Message>[] {
    this.#forget(this.#clock.now());
    return this.#messages;
  }

  get counts(): { visible: number; hidden: number } {
    const nowMs = this.#clock.now();
    const visible = this.messages().filter(({ visibleAtMs }) => visibleAtMs <= nowMs).length;
    return { visible, hidden: this.#messages.length - visible };
  }

  /** True when `receive` would deliver or move a message now. */
  get isReady(): boolean {
    return this.#receivable(this.#clock.now()).length > 0;
  }

  /** Resolves when `receive` has something to do, or the signal aborts. */
  async whenReady(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isReady) {
      const changed = new AbortController();
      const wake = () => changed.abort();
      this.#waiting.add(wake);
      await this.#clock.sleep(this.#waitMs(), AbortSignal.any([signal, changed.signal]));
      this.#waiting.delete(wake);
    }
  }

  /** Makes every waiting `whenReady` check again, after a change of messages or of the clock. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Messages that may be delivered now: none of a FIFO group that has a message in flight. */
  #receivable(nowMs: number): Message[] {
    const isHidden = ({ visibleAtMs }: Message) => visibleAtMs > nowMs;
    const held = new Set(this.#messages.filter(isHidden).map(({ groupId }) => groupId));
    return this.#messages.filter(
      (message) => !isHidden(message) && !(this.settings.fifo && held.has(message.groupId)),
    );
  }

  #isDead({ receives }: Message): boolean {
    const { deadLetters } = this.settings;
    return deadLetters !== undefined && receives >= deadLetters.maxReceives;
  }

  #bury(message: Message): void {
    this.#remove(message);
    const { deadLetters } = this.settings;
    if (deadLetters) deadLetters.queue.#accept(message);
  }

  /**
   * Accepts a message from another queue as its dead-letter queue: the message keeps its id and age (on AWS the age of a FIFO
   * message begins again), and its receives are counted from 0.
   */
  #accept(message: Message): void {
    this.#messages.push({ ...message, receives: 0, firstReceivedMs: undefined });
    this.wake();
  }

  #remove(message: Message): void {
    this.#messages = this.#messages.filter((each) => each !== message);
    this.wake();
  }

  #forget(nowMs: number): void {
    const oldestMs = nowMs - this.settings.retentionSeconds * 1_000;
    this.#messages = this.#messages.filter(({ sentMs }) => sentMs >= oldestMs);
    for (const [id, { untilMs }] of this.#recent) if (untilMs <= nowMs) this.#recent.delete(id);
  }

  #find(receiptHandle: string): { message: Message | undefined; isGood: boolean } {
    const [, id, receives] = /^(.+)\.(\d+)$/.exec(receiptHandle) ?? [];
    if (id === undefined)
      throw new SqsError(
        "ReceiptHandleIsInvalid",
        "The input receipt handle is not a valid receipt handle.",
      );
    const message = this.#messages.find(({ messageId }) => messageId === id);
    return { message, isGood: message?.receives === Number(receives) };
  }

  #waitMs(): number {
    const nowMs = this.#clock.now();
    const next = Math.min(
      ...this.#messages.map(({ visibleAtMs }) => visibleAtMs).filter((atMs) => atMs > nowMs),
    );
    return Math.min(next - nowMs, LONGEST_WAIT_MS);
  }

  #nextSequence(): string {
    this.#lastSequence += 1n;
    return String(this.#lastSequence).padStart(20, "0");
  }
}
