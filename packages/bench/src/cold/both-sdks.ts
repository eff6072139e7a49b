import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Redis } from "@upstash/redis";

/** A handler's imports as the clients' documentation shows them: both clients are created at its start. */
export const redis = new Redis({ url: "http://127.0.0.1:1", token: "none" });
export const database = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "us-east-1" }));
