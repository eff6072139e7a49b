export type { ChainCheck } from "./check-chain.ts";
export type { FineScope, ScopeOptions } from "./fine-scopes.ts";
export type { KeyNames } from "./key-schemas.ts";
export { recorder, type Recorder, type RecorderOptions } from "./recorder.ts";
export { streamHandler, type StreamEvent, type StreamRecord } from "./stream-handler.ts";
export type { Invalidations, WritingOptions } from "./writing.ts";
