/** What a worker is started with. */
export interface WorkerSetup {
  /** `file:` URL of the folder that functions' files are relative to, with a slash at the end. */
  folder: string;
}

/** One invocation. Event and result travel as JSON, as they do to Lambda and back. */
export interface Call {
  id: number;
  file: string;
  /** Without one the function's module is only loaded. */
  event: string | undefined;
  awsRequestId: string;
  /** Epoch ms by which the function must be done. */
  deadlineMs: number;
}

export interface ErrorData {
  name: string;
  message: string;
  stack: string | undefined;
}

/** The end of one invocation. */
export type Outcome = { id: number; result: string } | { id: number; error: ErrorData };
