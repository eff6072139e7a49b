export { toListener } from "./listener.ts";
export { sendResponse } from "./send-response.ts";
