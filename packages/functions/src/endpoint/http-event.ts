import type {
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";

/** A request as API Gateway hands it on; `authorizer` is there only where its JWT authorizer let the request through. */
export type HttpEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & {
    authorizer?: { jwt?: { claims?: Readonly<Record<string, unknown>> } };
  }
>;

export type HttpResult = APIGatewayProxyStructuredResultV2;
