import type { Queue } from "@algoitny/functions/deployment/queues";
import { type Graph, type Inputs, ofType, theOne } from "./graph.ts";
import { fileOfFunction } from "./deployed-routes.ts";

/** The deployed queues under their deployed names (without `.fifo`), in the form of the local SQS. */
export function queueTable(graph: Graph): Record<string, Queue> {
  return Object.fromEntries(
    ofType(graph, "aws:sqs/queue:Queue").map(({ inputs }) => [
      localName(inputs),
      toQueue(graph, inputs),
    ]),
  );
}

const localName = (inputs: Inputs) => String(inputs["name"]).replace(/\.fifo$/, "");

function toQueue(graph: Graph, inputs: Inputs): Queue {
  const consumer = consumerOf(graph, String(inputs["name"]));
  const redrive = inputs["redrivePolicy"] as string | undefined;
  return {
    fifo: inputs["fifoQueue"] === true,
    visibilityTimeoutSeconds: Number(inputs["visibilityTimeoutSeconds"]),
    retentionSeconds: Number(inputs["messageRetentionSeconds"]),
    ...(consumer && { consumer }),
    ...(redrive !== undefined && { deadLetters: deadLettersOf(redrive) }),
  };
}

function deadLettersOf(redrivePolicy: string): NonNullable<Queue["deadLetters"]> {
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(redrivePolicy) as {
    deadLetterTargetArn: string;
    maxReceiveCount: number;
  };
  const name = deadLetterTargetArn.split(":").at(-1) ?? "";
  return { queue: name.replace(/\.fifo$/, ""), maxReceives: maxReceiveCount };
}

function consumerOf(graph: Graph, name: string): Queue["consumer"] {
  const mapping = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").find(
    ({ inputs }) => String(inputs["eventSourceArn"]).split(":").at(-1) === name,
  );
  if (!mapping) return undefined;
  const { functionName, batchSize, scalingConfig } = mapping.inputs;
  return {
    file: fileOfFunction(graph, String(functionName)),
    batchSize: Number(batchSize),
    maximumConcurrency: (scalingConfig as { maximumConcurrency: number }).maximumConcurrency,
  };
}

/** Name of a deployed queue, by its name in the table of queues. */
export function deployedName(graph: Graph, name: string): string {
  return localName(theOne(graph, "aws:sqs/queue:Queue", `${name}Queue`).inputs);
}
