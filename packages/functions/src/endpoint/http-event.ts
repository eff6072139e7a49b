import type {
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";

/** A request as API Gateway passes it; `authorizer` is present only if its JWT authorizer accepted the request. */
export type HttpEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & {
    authorizer?: { jwt?: { claims?: Readonly<Record<string, unknown>> } };
  }
>;

export type HttpResult = APIGatewayProxyStructuredResultV2;
