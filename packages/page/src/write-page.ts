import { writePage } from "./build-page.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder that the page is written into");
await writePage(folder);
