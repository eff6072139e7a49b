import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { CoreError } from "../core-error.ts";
import { toItem } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { keys, pks } from "../table/keys.ts";
import { getItem, parseEach, query } from "../table/read-items.ts";
import { Experiment } from "./experiment.ts";

export interface ExperimentTable {
  /** The view's last experiment; undefined when there was none. */
  get(view: string): Promise<Experiment | undefined>;
  /** The last experiment of each view, without unreadable ones. */
  list(): Promise<Experiment[]>;
  /** Starts an experiment; throws a CoreError (`conflict`) while another one runs on the view. */
  start(experiment: Experiment): Promise<void>;
  /** Ends an experiment and returns it; throws a CoreError (`not_found`) if it is not running. */
  end(experiment: Pick<Experiment, "view" | "id">, because: string): Promise<Experiment>;
}

export function createExperimentTable(
  db: Database,
  { now }: { now: () => number },
): ExperimentTable {
  const { tableName: TableName } = db;
  return {
    get: (view) => getItem(db, keys.experiment(view), Experiment),
    async list() {
      const items = await query(db, { pk: pks.experiments });
      return parseEach(db, items, Experiment).filter((each) => each !== undefined);
    },
    async start(experiment) {
      const { view } = experiment;
      await unlessRefused(
        db.send(
          new PutCommand({
            TableName,
            Item: toItem(keys.experiment(view), "experiment", experiment),
            ConditionExpression: "attribute_not_exists(pk) OR #state = :ended",
            ExpressionAttributeNames: { "#state": "state" },
            ExpressionAttributeValues: { ":ended": "ended" },
          }),
        ),
        new CoreError("conflict", `an experiment on ${view} is running: stop it first`),
      );
    },
    async end({ view, id }, because) {
      const { Attributes: ended } = await unlessRefused(
        db.send(
          new UpdateCommand({
            TableName,
            Key: keys.experiment(view),
            UpdateExpression: "SET #state = :ended, ended_at = :now, ended_because = :because",
            ConditionExpression: "#state = :running AND id = :id",
            ExpressionAttributeNames: { "#state": "state" },
            ExpressionAttributeValues: {
              ":ended": "ended",
              ":running": "running",
              ":id": id,
              ":now": Math.floor(now() / 1_000),
              ":because": because,
            },
            ReturnValues: "ALL_NEW",
          }),
        ),
        new CoreError("not_found", `experiment ${id} is not running`),
      );
      return Experiment.parse(ended);
    },
  };
}

async function unlessRefused<Answer>(sent: Promise<Answer>, refusal: CoreError): Promise<Answer> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") throw refusal;
    throw error;
  }
}
